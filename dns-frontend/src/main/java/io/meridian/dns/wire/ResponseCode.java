package io.meridian.dns.wire;

/** RCODEs that we send; from 16 on the upper bits travel in OPT (RFC 6891 6.1.3). */
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

    /** As in the IANA registry. */
    public int number() {
        return number;
    }
}
