package io.meridian.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * A DNS client that asks one server of 127.0.0.1 for A records over UDP (RFC 1035 4.1). One thread.
 */
public final class AddressQuery implements AutoCloseable {
    private static final int HEADER = 12;
    private static final int PATIENCE_MILLIS = 1000;

    private final DatagramSocket socket = new DatagramSocket();
    private short id;

    public AddressQuery(int port) throws IOException {
        socket.connect(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** Returns the number of records in the answer section; 0 also without a reply within 1 s. */
    public int addresses(String name) throws IOException {
        id++;
        byte[] query = query(name);
        socket.send(new DatagramPacket(query, query.length));
        byte[] reply = new byte[4096];
        DatagramPacket packet = new DatagramPacket(reply, reply.length);
        try {
            do {
                socket.receive(packet);
            } while (packet.getLength() < HEADER || number(reply, 0) != (id & 0xffff));
        } catch (SocketTimeoutException silent) {
            return 0;
        }
        return number(reply, 6);
    }

    private byte[] query(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(id >> 8);
        out.write(id);
        out.writeBytes(new byte[] {1, 0, 0, 1, 0, 0, 0, 0, 0, 0}); // RD, one question
        for (String label : name.split("\\.")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes(new byte[] {0, 0, 1, 0, 1}); // root, A, IN
        return out.toByteArray();
    }

    private static int number(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    @Override
    public void close() {
        socket.close();
    }
}
