package io.meridian.dns.wire;

import io.meridian.domain.net.IpAddress;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A record's data as it stands behind RDLENGTH, no name compressed (RFC 3597 4). */
public final class RdataCodec {
    private RdataCodec() {}

    public static byte[] encode(Rdata data) {
        return switch (data) {
            case Rdata.Address address -> address.address().bytes();
            case Rdata.Srv srv -> {
                byte[] target = srv.target().wire();
                byte[] bytes = new byte[6 + target.length];
                BigEndian.putU16(bytes, 0, srv.priority());
                BigEndian.putU16(bytes, 2, srv.weight());
                BigEndian.putU16(bytes, 4, srv.port());
                System.arraycopy(target, 0, bytes, 6, target.length);
                yield bytes;
            }
            case Rdata.Cname cname -> cname.target().wire().clone();
            case Rdata.Ptr ptr -> ptr.target().wire().clone();
            case Rdata.Ns ns -> ns.server().wire().clone();
            case Rdata.Txt txt -> {
                byte[] text = txt.text().getBytes(StandardCharsets.ISO_8859_1);
                byte[] bytes = new byte[1 + text.length];
                bytes[0] = (byte) text.length;
                System.arraycopy(text, 0, bytes, 1, text.length);
                yield bytes;
            }
            case Rdata.Soa soa -> {
                byte[] server = soa.server().wire();
                byte[] mailbox = soa.mailbox().wire();
                byte[] bytes = Arrays.copyOf(server, server.length + mailbox.length + 20);
                System.arraycopy(mailbox, 0, bytes, server.length, mailbox.length);
                int at = server.length + mailbox.length;
                BigEndian.putU32(bytes, at, soa.serial());
                BigEndian.putU32(bytes, at + 4, soa.refresh());
                BigEndian.putU32(bytes, at + 8, soa.retry());
                BigEndian.putU32(bytes, at + 12, soa.expire());
                BigEndian.putU32(bytes, at + 16, soa.minimum());
                yield bytes;
            }
        };
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @param type see {@link Types}
     * @throws IllegalArgumentException if it is a type that {@link Rdata} has no form for
     */
    public static Rdata decode(int type, byte[] bytes, int at, int length) {
        return switch (type) {
            case Types.A, Types.AAAA ->
                    new Rdata.Address(IpAddress.of(Arrays.copyOfRange(bytes, at, at + length)));
            case Types.SRV ->
                    new Rdata.Srv(
                            BigEndian.u16(bytes, at),
                            BigEndian.u16(bytes, at + 2),
                            BigEndian.u16(bytes, at + 4),
                            name(bytes, at + 6));
            case Types.CNAME -> new Rdata.Cname(name(bytes, at));
            case Types.PTR -> new Rdata.Ptr(name(bytes, at));
            case Types.NS -> new Rdata.Ns(name(bytes, at));
            case Types.TXT ->
                    new Rdata.Txt(
                            new String(bytes, at + 1, length - 1, StandardCharsets.ISO_8859_1));
            case Types.SOA -> {
                DnsName server = name(bytes, at);
                DnsName mailbox = name(bytes, at + server.length());
                int times = at + server.length() + mailbox.length();
                yield new Rdata.Soa(
                        server,
                        mailbox,
                        BigEndian.u32(bytes, times),
                        BigEndian.u32(bytes, times + 4),
                        BigEndian.u32(bytes, times + 8),
                        BigEndian.u32(bytes, times + 12),
                        BigEndian.u32(bytes, times + 16));
            }
            default -> throw new IllegalArgumentException("type " + type + " is not held here");
        };
    }

    private static DnsName name(byte[] bytes, int at) {
        int end = at;
        while (bytes[end] != 0) {
            end += bytes[end] + 1;
        }
        return DnsName.ofWire(Arrays.copyOfRange(bytes, at, end + 1));
    }
}
