package io.meridian.dns.forward;

/** The reason why the attempt to ask an upstream server gave no usable answer. */
public enum Failure {
    /** No reply to our question within the timeout. */
    TIMEOUT,
    /** ICMP or the kernel reported host, network or port as unreachable. */
    UNREACHABLE,
    /** The connection ended before the whole reply had arrived. */
    BROKEN,
    /** A reply to our question that is not well-formed. */
    MALFORMED,
    /** A truncated reply over UDP, and no whole reply over TCP. */
    TRUNCATED,
    /** RCODE 2. */
    SERVFAIL,
    /** RCODE 5. */
    REFUSED,
    /** Any RCODE except NOERROR, NXDOMAIN, SERVFAIL and REFUSED. */
    OTHER_RCODE,
    /** A referral to other servers in reply to a recursive query. */
    REFERRAL
}
