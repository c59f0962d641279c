package io.meridian.dns.answer;

import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Query;
import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.ResponseCode;
import io.meridian.dns.wire.RrSet;
import io.meridian.dns.wire.Types;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Chooses what a query gets. Never encodes and never changes the image.
 *
 * <p>Steps: find the zone (none: REFUSED; no image of it yet: SERVFAIL); refuse transfers; find the
 * name; take its RRsets; where there are none, say NODATA (the name is there, RFC 2308 2.2, or
 * names are below it, RFC 8020) or NXDOMAIN, both with the zone's SOA; for SRV add the targets'
 * addresses. Our zones have neither CNAMEs nor delegations, so one step at one name is all.
 *
 * <p>Other than Mesos-DNS and dcos-net: SOA and NS are answers of the apex only and stand in the
 * answer section, the SOA's owner is the apex, the apex and empty non-terminals exist, SRV of an
 * unknown name is NXDOMAIN, every address of an SRV target is added, and every owner is spelled as
 * in the question.
 */
public final class Answerer {
    private Answerer() {}

    public static Answer answer(DnsImage image, Query query) {
        Optional<Zone> found = image.zoneOf(query.name());
        if (found.isEmpty()) {
            return Answer.of(ResponseCode.REFUSED);
        }
        Zone zone = found.get();
        if (!zone.complete()) {
            return Answer.of(ResponseCode.SERVFAIL);
        }
        if (query.isTransfer()) {
            return Answer.of(ResponseCode.REFUSED); // RFC 5936 2.2.1: policy does not allow it
        }
        // RFC 1035 6.2: with QCLASS=* "the response can never be authoritative"
        boolean authoritative = query.dnsClass() == Types.IN;
        DnsName name =
                zone.traits().innerWildcards()
                        ? query.name().withoutInnerWildcards()
                        : query.name();
        List<RrSet> answers = answers(zone, name, query);
        if (!answers.isEmpty()) {
            return new Answer(
                    ResponseCode.NOERROR,
                    authoritative,
                    answers,
                    List.of(),
                    additional(image, answers));
        }
        return new Answer(
                zone.exists(name) ? ResponseCode.NOERROR : ResponseCode.NXDOMAIN,
                authoritative,
                List.of(),
                List.of(zone.negativeSoa()),
                List.of());
    }

    private static List<RrSet> answers(Zone zone, DnsName name, Query query) {
        boolean any = query.type() == Types.ANY;
        List<RrSet> answers = new ArrayList<>(any ? 5 : 1);
        if (name.equals(zone.traits().origin())) {
            if (any || query.type() == Types.SOA) {
                answers.add(zone.soa());
            }
            if (any || query.type() == Types.NS) {
                answers.add(zone.ns());
            }
        }
        Optional<NameData> data = zone.find(name);
        if (data.isPresent()) {
            if (any) {
                data.get().sets().forEach(set -> add(answers, query.name(), zone, set));
            } else {
                add(answers, query.name(), zone, data.get().of(query.type()));
            }
        }
        return answers;
    }

    /** The addresses, from our own zones, of every name that the answers point to. */
    private static List<RrSet> additional(DnsImage image, List<RrSet> answers) {
        List<RrSet> additional = new ArrayList<>();
        Set<DnsName> seen = new HashSet<>();
        for (RrSet set : answers) {
            if (set.type() == Types.SRV || set.type() == Types.NS) {
                for (Rdata data : set.data()) {
                    switch (data) {
                        case Rdata.Srv srv -> addresses(image, srv.target(), seen, additional);
                        case Rdata.Ns ns -> addresses(image, ns.server(), seen, additional);
                        case Rdata.Address _,
                                Rdata.Cname _,
                                Rdata.Ptr _,
                                Rdata.Txt _,
                                Rdata.Soa _ -> {}
                    }
                }
            }
        }
        return additional;
    }

    private static void addresses(
            DnsImage image, DnsName target, Set<DnsName> seen, List<RrSet> additional) {
        Optional<Zone> zone = image.zoneOf(target).filter(Zone::complete);
        if (zone.isEmpty() || !seen.add(target)) {
            return;
        }
        Optional<NameData> data = zone.get().find(target);
        if (data.isPresent()) {
            add(additional, target, zone.get(), data.get().of(Types.A));
            add(additional, target, zone.get(), data.get().of(Types.AAAA));
        }
    }

    private static void add(List<RrSet> sets, DnsName owner, Zone zone, List<Rdata> data) {
        if (!data.isEmpty()) {
            sets.add(new RrSet(owner, zone.traits().ttl(), data));
        }
    }
}
