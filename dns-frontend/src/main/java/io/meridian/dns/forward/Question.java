package io.meridian.dns.forward;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Query;

/**
 * The question of a client, as the key of the cache and of exchanges in progress. Names are equal
 * without regard to case.
 *
 * @param recursionDesired RD; without it a server may answer with a referral
 * @param checkingDisabled CD; the answer may fail validation (RFC 6840 5.9)
 * @param dnssecOk DO; the answer has signatures
 */
public record Question(
        DnsName name,
        int type,
        int dnsClass,
        boolean recursionDesired,
        boolean checkingDisabled,
        boolean dnssecOk) {
    public static Question of(Query query) {
        return new Question(
                query.name(),
                query.type(),
                query.dnsClass(),
                query.header().recursionDesired(),
                query.header().checkingDisabled(),
                query.edns().present() && query.edns().dnssecOk());
    }
}
