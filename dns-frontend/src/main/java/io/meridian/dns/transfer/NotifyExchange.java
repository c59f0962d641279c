package io.meridian.dns.transfer;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Types;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/** Sends one NOTIFY to one secondary and reads its answer (RFC 1996 3). */
final class NotifyExchange {
    private static final int NOTIFY = 4;
    private static final int HEADER = 12;
    private static final int AUTHORITATIVE = 0x04;
    private static final int REPLY = 0x80;
    private static final int LARGEST = 4096;
    private static final byte[] NO_MAC = {};

    private final NotifyTarget target;
    private final TsigKeys keys;
    private final SecureRandom random = new SecureRandom();

    NotifyExchange(NotifyTarget target, TsigKeys keys) {
        this.target = target;
        this.keys = keys;
    }

    /**
     * Blocks until the secondary answers or the time is up.
     *
     * @param from source address, so that the secondary recognizes its primary; empty: the route's
     * @param timeoutMillis at least 1
     * @return empty if the secondary has acknowledged; else the reason
     */
    Optional<String> tell(DnsName zone, Optional<InetSocketAddress> from, int timeoutMillis) {
        byte[] message = message(zone, random.nextInt(1 << 16));
        byte[] mac = NO_MAC;
        if (target.key().isPresent()) {
            TsigRecord signature = signature(target.key().get(), message);
            mac = signature.mac();
            message = signed(message, signature.wire());
        }
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.bind(from.orElse(null));
            socket.connect(target.address());
            socket.send(new DatagramPacket(message, message.length));
            return answer(socket, message, mac, timeoutMillis);
        } catch (SocketTimeoutException e) {
            return Optional.of("no answer within " + timeoutMillis + " ms");
        } catch (IOException e) {
            return Optional.of(e.toString());
        }
    }

    /** Ignores messages that do not answer this NOTIFY, until the time is up. */
    private Optional<String> answer(
            DatagramSocket socket, byte[] message, byte[] mac, int timeoutMillis)
            throws IOException {
        long end = System.nanoTime() + timeoutMillis * 1_000_000L;
        byte[] reply = new byte[LARGEST];
        while (true) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new SocketTimeoutException("no answer");
            }
            DatagramPacket packet = receive(socket, reply, (int) left);
            boolean ours =
                    packet.getLength() >= HEADER
                            && reply[0] == message[0]
                            && reply[1] == message[1]
                            && (reply[2] & 0xf8) == (REPLY | NOTIFY << 3);
            if (ours && isGenuine(reply, packet.getLength(), mac)) {
                int code = reply[3] & 0xf;
                return code == 0 ? Optional.empty() : Optional.of("RCODE " + code);
            }
        }
    }

    private static DatagramPacket receive(DatagramSocket socket, byte[] into, int timeoutMillis)
            throws IOException {
        socket.setSoTimeout(timeoutMillis);
        DatagramPacket packet = new DatagramPacket(into, into.length);
        socket.receive(packet);
        return packet;
    }

    private boolean isGenuine(byte[] reply, int length, byte[] mac) {
        return target.key().map(key -> keys.holds(key, mac, reply, length)).orElse(true);
    }

    private static byte[] message(DnsName zone, int id) {
        return ByteBuffer.allocate(HEADER + zone.length() + 4)
                .putShort((short) id)
                .put((byte) (NOTIFY << 3 | AUTHORITATIVE))
                .put((byte) 0)
                .putShort((short) 1)
                .putShort((short) 0)
                .putInt(0)
                .put(zone.lowerCaseWire())
                .putShort((short) Types.SOA)
                .putShort((short) Types.IN)
                .array();
    }

    private TsigRecord signature(TsigKey key, byte[] message) {
        TsigRecord record =
                new TsigRecord(
                        key.name(),
                        key.algorithm().dnsName(),
                        keys.clock().getAsLong(),
                        TsigSigner.FUDGE,
                        NO_MAC,
                        (message[0] & 0xff) << 8 | message[1] & 0xff,
                        0,
                        NO_MAC);
        return record.withMac(TsigSigner.mac(key, NO_MAC, message, message.length, record, false));
    }

    private static byte[] signed(byte[] message, byte[] signature) {
        byte[] whole = Arrays.copyOf(message, message.length + signature.length);
        System.arraycopy(signature, 0, whole, message.length, signature.length);
        whole[HEADER - 1] = 1; // additional records
        return whole;
    }
}
