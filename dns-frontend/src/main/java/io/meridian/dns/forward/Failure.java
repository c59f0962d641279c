package io.meridian.dns.forward;

/** Why a server's answer, or its silence, was of no use. */
public enum Failure {
    /** No reply to our question in time. */
    TIMEOUT,
    /** The network or its host said that nobody is there. */
    UNREACHABLE,
    /** The connection ended before the whole reply was there. */
    BROKEN,
    /** A reply to our question that can't be read. */
    MALFORMED,
    /** Cut, and the whole could not be had over TCP. */
    TRUNCATED,
    /** RCODE 2. */
    SERVFAIL,
    /** RCODE 5. */
    REFUSED,
    /** Any RCODE but NOERROR, NXDOMAIN and those above. */
    OTHER_RCODE,
    /** Asked to resolve the name, it only said who else to ask. */
    REFERRAL
}
