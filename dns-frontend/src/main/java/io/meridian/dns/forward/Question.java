package io.meridian.dns.forward;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Query;

/**
 * What is asked of other servers; two clients that ask the same get one answer. Equal without
 * regard to the name's case.
 *
 * @param recursionDesired RD: without it a server may only say who else to ask
 * @param checkingDisabled CD: the answer may fail validation (RFC 6840 5.9)
 * @param dnssecOk DO: signatures come with the answer
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
