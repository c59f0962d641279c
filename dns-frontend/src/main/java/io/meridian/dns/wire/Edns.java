package io.meridian.dns.wire;

/**
 * What a query's OPT record says (RFC 6891). Options that we don't know are passed over.
 *
 * @param present false: the query had none and the other components mean nothing
 * @param udpSize largest UDP message the client takes, as sent, 0..65535; below 512 means 512
 * @param dnssecOk the DO bit, which the reply repeats (RFC 3225 3)
 * @param nsid whether the client asks which server this is (RFC 5001)
 * @param keepalive whether the client asks how long its TCP connection may be idle (RFC 7828); over
 *     UDP it can't, and false is put here
 * @param cookie {@link Cookie#NONE} if the query has none
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

    /** RFC 7828 3.3.1: over UDP the option is ignored. */
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
