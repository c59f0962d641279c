package io.meridian.dns.wire;

/** RCODEs of our replies; OPT carries the upper bits of those from 16 on (RFC 6891 6.1.3). */
public enum ResponseCode {
    NOERROR(0),
    FORMERR(1),
    SERVFAIL(2),
    NXDOMAIN(3),
    NOTIMP(4),
    REFUSED(5),
    YXDOMAIN(6),
    NOTAUTH(9),
    BADVERS(16);

    private final int number;

    ResponseCode(int number) {
        this.number = number;
    }

    /** Number in the IANA registry. */
    public int number() {
        return number;
    }
}
