package io.meridian.dns.wire;

import io.meridian.domain.net.IpAddress;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Encodes RDATA without RDLENGTH and without name compression (RFC 3597 4). */
public final class RdataCodec {
    private RdataCodec() {}

    /** Number of bytes that {@link #put} writes. */
    public static int length(Rdata data) {
        return switch (data) {
            case Rdata.Address address -> address.address().isIpv4() ? 4 : 16;
            case Rdata.Srv srv -> 6 + srv.target().length();
            case Rdata.Cname cname -> cname.target().length();
            case Rdata.Ptr ptr -> ptr.target().length();
            case Rdata.Ns ns -> ns.server().length();
            case Rdata.Txt txt -> 1 + txt.text().length();
            case Rdata.Soa soa -> soa.server().length() + soa.mailbox().length() + 20;
        };
    }

    /**
     * Writes RDATA.
     *
     * @return index behind it
     */
    public static int put(Rdata data, byte[] to, int at) {
        return switch (data) {
            case Rdata.Address address -> put(address.address().bytes(), to, at);
            case Rdata.Srv srv -> {
                BigEndian.putU16(to, at, srv.priority());
                BigEndian.putU16(to, at + 2, srv.weight());
                BigEndian.putU16(to, at + 4, srv.port());
                yield put(srv.target().wire(), to, at + 6);
            }
            case Rdata.Cname cname -> put(cname.target().wire(), to, at);
            case Rdata.Ptr ptr -> put(ptr.target().wire(), to, at);
            case Rdata.Ns ns -> put(ns.server().wire(), to, at);
            case Rdata.Txt txt -> {
                byte[] text = txt.text().getBytes(StandardCharsets.ISO_8859_1);
                to[at] = (byte) text.length;
                yield put(text, to, at + 1);
            }
            case Rdata.Soa soa -> {
                int times = put(soa.mailbox().wire(), to, put(soa.server().wire(), to, at));
                BigEndian.putU32(to, times, soa.serial());
                BigEndian.putU32(to, times + 4, soa.refresh());
                BigEndian.putU32(to, times + 8, soa.retry());
                BigEndian.putU32(to, times + 12, soa.expire());
                BigEndian.putU32(to, times + 16, soa.minimum());
                yield times + 20;
            }
        };
    }

    private static int put(byte[] bytes, byte[] to, int at) {
        System.arraycopy(bytes, 0, to, at, bytes.length);
        return at + bytes.length;
    }

    /**
     * Reads what {@link #put} has written.
     *
     * @param type see {@link Types}
     * @throws IllegalArgumentException for a type without a class in {@link Rdata}
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
