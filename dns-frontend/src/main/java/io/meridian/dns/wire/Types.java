package io.meridian.dns.wire;

/**
 * TYPE and CLASS numbers (IANA "DNS parameters") that the server handles specially. Our zones have
 * no records of other types.
 */
public final class Types {
    /** RFC 1035 3.4.1. */
    public static final int A = 1;

    /** RFC 1035 3.3.11. */
    public static final int NS = 2;

    /** RFC 1035 3.3.1. */
    public static final int CNAME = 5;

    /** RFC 1035 3.3.13. */
    public static final int SOA = 6;

    /** RFC 1035 3.3.12. */
    public static final int PTR = 12;

    /** RFC 1035 3.3.14. */
    public static final int TXT = 16;

    /** RFC 3596. */
    public static final int AAAA = 28;

    /** RFC 2782. */
    public static final int SRV = 33;

    /** RFC 6891. */
    public static final int OPT = 41;

    /** RFC 8945. */
    public static final int TSIG = 250;

    /** RFC 1995; as QTYPE only. */
    public static final int IXFR = 251;

    /** RFC 5936; as QTYPE only. */
    public static final int AXFR = 252;

    /** RFC 1035 3.2.3, {@code *}; as QTYPE only. */
    public static final int ANY = 255;

    /** CLASS IN. */
    public static final int IN = 1;

    /** QCLASS {@code *}. */
    public static final int ANY_CLASS = 255;

    private Types() {}
}
