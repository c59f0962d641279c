package io.meridian.dns.wire;

/**
 * The content of a query's OPT record (RFC 6891). Unknown options are ignored.
 *
 * @param present false without OPT; the other components are then undefined
 * @param udpSize largest UDP message that the client accepts, 0..65535; values below 512 mean 512
 * @param dnssecOk the DO bit, which the reply repeats (RFC 3225 3)
 * @param nsid whether the client asks for the server's name (RFC 5001)
 * @param keepalive whether the client asks for the idle timeout of its TCP connection (RFC 7828);
 *     false over UDP
 * @param cookie {@link Cookie#NONE} without a cookie
 */
public record Edns(
        boolean present,
        int udpSize,
        boolean dnssecOk,
        boolean nsid,
        boolean keepalive,
        Cookie cookie) {
    public static final Edns NONE = new Edns(false, 512, false, false, false, Cookie.NONE);

    static final int NSID = 3;
    static final int KEEPALIVE = 11;

    public Edns with(Cookie other) {
        return new Edns(present, udpSize, dnssecOk, nsid, keepalive, other);
    }

    /** Without keepalive, which a server ignores over UDP (RFC 7828 3.3.1). */
    public Edns overUdp() {
        return new Edns(present, udpSize, dnssecOk, nsid, false, cookie);
    }

    Edns askingForNsid() {
        return new Edns(present, udpSize, dnssecOk, true, keepalive, cookie);
    }

    Edns askingForKeepalive() {
        return new Edns(present, udpSize, dnssecOk, nsid, true, cookie);
    }
}
