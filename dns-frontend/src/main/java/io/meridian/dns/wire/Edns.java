package io.meridian.dns.wire;

/**
 * What a query's OPT record says (RFC 6891).
 *
 * @param present false: the query had none and the other components mean nothing
 * @param udpSize largest UDP message the client takes, as sent, 0..65535; below 512 means 512
 * @param dnssecOk the DO bit, which the reply repeats (RFC 3225 3)
 */
public record Edns(boolean present, int udpSize, boolean dnssecOk) {
    public static final Edns NONE = new Edns(false, 512, false);
}
