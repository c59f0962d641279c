package io.meridian.dns.answer;

import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Query;
import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.Renaming;
import io.meridian.dns.wire.ResponseCode;
import io.meridian.dns.wire.RrSet;
import io.meridian.dns.wire.Types;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Chooses the answer to a query. A pure function: it neither encodes nor changes the image.
 *
 * <p>The steps:
 *
 * <ol>
 *   <li>Rename an alias into our zones; at the end, rename the answer back.
 *   <li>Find the zone. No zone: REFUSED. No image of the zone yet: SERVFAIL.
 *   <li>Refuse transfers.
 *   <li>Find the name and take its RRsets.
 *   <li>Follow a CNAME as far as our zones go. Its records come first, in the order of the chain
 *       (RFC 1034 4.3.2). A loop: SERVFAIL.
 *   <li>Without records: NODATA if the name exists (RFC 2308 2.2) or names exist below it (RFC
 *       8020), else NXDOMAIN. Both carry the SOA of the zone in which the chain ends (RFC 6604 3).
 *   <li>Add the addresses of the targets of SRV and NS records.
 * </ol>
 *
 * Our zones have no delegations.
 *
 * <p>Differences from Mesos-DNS and dcos-net: only the apex has SOA and NS, in the answer section;
 * the owner of the SOA is the apex; the apex and empty non-terminals exist; SRV of an unknown name
 * is NXDOMAIN; every address of an SRV target is added; every owner is spelled as in the question.
 */
public final class Answerer {
    private static final int MAX_CHAIN = 16;

    private Answerer() {}

    public static Answer answer(DnsImage image, Query query) {
        return answer(image, query, image.locate(query.name()));
    }

    /**
     * @param location of the query's name in this image
     */
    public static Answer answer(DnsImage image, Query query, Location location) {
        Renaming alias = location.alias();
        DnsName name = location.name();
        if (name == null) {
            return Answer.of(ResponseCode.YXDOMAIN); // as RFC 6672 2.2 has it for DNAME
        }
        if (alias == null) {
            return own(image, query, location.zone());
        }
        return new Renaming(alias.to(), alias.from())
                .of(own(image, query.with(name), location.zone()), query.name());
    }

    private static Answer own(DnsImage image, Query query, @Nullable Zone found) {
        if (found == null) {
            return Answer.of(ResponseCode.REFUSED);
        }
        if (!found.complete()) {
            return Answer.of(ResponseCode.SERVFAIL);
        }
        if (query.isTransfer()) {
            return Answer.of(ResponseCode.REFUSED); // RFC 5936 2.2.1: policy does not allow it
        }
        // RFC 1035 6.2: with QCLASS=* "the response can never be authoritative"
        boolean authoritative = query.dnsClass() == Types.IN;
        List<RrSet> answers = new ArrayList<>(4);
        DnsName name = query.name();
        Optional<Zone> zone = Optional.of(found);
        for (int links = 0; zone.isPresent(); links++) {
            if (links > MAX_CHAIN || !zone.get().complete()) {
                return Answer.of(ResponseCode.SERVFAIL);
            }
            Optional<DnsName> next = step(image, zone.get(), name, query.type(), answers);
            if (next.isEmpty()) {
                return end(image, zone.get(), name, authoritative, answers);
            }
            name = next.get();
            if (isOwner(name, answers)) {
                return Answer.of(ResponseCode.SERVFAIL);
            }
            zone = image.zoneOf(name);
        }
        return new Answer(ResponseCode.NOERROR, authoritative, answers, List.of(), List.of());
    }

    /**
     * Adds the records of one name.
     *
     * @return target of a CNAME; empty at the end of the chain
     */
    private static Optional<DnsName> step(
            DnsImage image, Zone zone, DnsName name, int type, List<RrSet> answers) {
        DnsName inside = zone.withoutInnerWildcards(name);
        boolean any = type == Types.ANY;
        int before = answers.size();
        if (inside.equals(zone.profile().origin())) {
            if (any || type == Types.SOA) {
                answers.add(zone.soa());
            }
            if (any || type == Types.NS) {
                answers.add(zone.ns());
            }
        }
        Optional<NameData> data = zone.find(inside);
        if (data.isPresent()) {
            if (any) {
                data.get().sets().forEach(set -> add(answers, name, zone, set));
            } else {
                add(answers, name, zone, data.get().of(type));
            }
        }
        if (any && image.rules().minimalAny() && answers.size() > before + 1) {
            answers.subList(before + 1, answers.size()).clear();
        }
        if (answers.size() > before || data.isEmpty()) {
            return Optional.empty();
        }
        List<Rdata> cname = data.get().of(Types.CNAME);
        add(answers, name, zone, cname);
        return cname.isEmpty()
                ? Optional.empty()
                : Optional.of(((Rdata.Cname) cname.getFirst()).target());
    }

    /** The answer at the end of the chain, which may have no link. */
    private static Answer end(
            DnsImage image, Zone zone, DnsName name, boolean authoritative, List<RrSet> answers) {
        boolean found = !answers.isEmpty() && answers.getLast().owner().equals(name);
        if (found) {
            return new Answer(
                    ResponseCode.NOERROR,
                    authoritative,
                    answers,
                    List.of(),
                    additional(image, answers));
        }
        return new Answer(
                zone.exists(zone.withoutInnerWildcards(name))
                        ? ResponseCode.NOERROR
                        : ResponseCode.NXDOMAIN,
                authoritative,
                answers,
                List.of(zone.negativeSoa(name)),
                List.of());
    }

    private static boolean isOwner(DnsName name, List<RrSet> answers) {
        return answers.stream().anyMatch(set -> set.owner().equals(name));
    }

    /** The addresses, from our own zones, of all targets in the answers. */
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
            sets.add(new RrSet(owner, zone.profile().ttl(), data));
        }
    }
}
