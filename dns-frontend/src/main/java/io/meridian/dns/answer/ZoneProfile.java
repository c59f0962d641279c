package io.meridian.dns.answer;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Rdata;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.L4lbZone;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The properties of a zone that do not depend on its table. All times are in seconds.
 *
 * @param key {@code origin} as {@link DnsName#key()}
 * @param part names of the table that the zone shows: those of zone {@code part.zone} at or below
 *     {@code part.origin}, which the zone replaces by {@code origin}
 * @param sparse whether only names with records are ours, each as a zone of its own
 * @param ttl of address and SRV records
 * @param soaTtl of the SOA in the answer section; the authority section has the lesser of it and
 *     the SOA's minimum (RFC 2308 3)
 * @param nsTtl of the NS records
 * @param soa the SOA with serial 0
 * @param innerWildcards whether {@code app.*.marathon.mesos} means {@code app.marathon.mesos}
 * @param own records that the table does not have, such as the name server's addresses
 */
public record ZoneProfile(
        String key,
        DnsName origin,
        Part part,
        boolean sparse,
        long ttl,
        long soaTtl,
        long nsTtl,
        Rdata.Soa soa,
        boolean innerWildcards,
        ZoneImage own) {
    /** TTL of dcos-net's records (specs: dcos-net 1.1). */
    private static final int DCOS_TTL = 5;

    /**
     * A part of a zone in the table.
     *
     * @param zone see {@link ZoneRow#zone()}
     * @param origin a name in the zone, lower case, without trailing dot
     */
    public record Part(String zone, String origin) {}

    /**
     * The zone of tasks, with Mesos-DNS's values (specs: mesos-dns 1.7, 2): name server {@code
     * ns1.<domain>}.
     *
     * @param domain such as {@code mesos}, lower case, without trailing dot
     * @param ttl seconds
     * @param servers addresses at which this server listens
     */
    public static ZoneProfile mesos(String domain, long ttl, Collection<IpAddress> servers) {
        String server = "ns1." + domain;
        Rdata.Soa soa =
                new Rdata.Soa(
                        DnsName.literal(server),
                        DnsName.literal("root." + server),
                        0,
                        60,
                        600,
                        86_400,
                        ttl);
        return new ZoneProfile(
                domain,
                DnsName.literal(domain),
                new Part(domain, domain),
                false,
                ttl,
                ttl,
                ttl,
                soa,
                true,
                addresses(domain, server, servers));
    }

    /** The zone of named VIPs, with dcos-net's values (specs: dcos-net 1.1). */
    public static ZoneProfile l4lb() {
        return dcos(L4lbZone.ORIGIN, ZoneImage.EMPTY);
    }

    /**
     * A zone with dcos-net's values (specs: dcos-net 1.1).
     *
     * @param origin lower case, without trailing dot
     * @param own records of that zone
     */
    public static ZoneProfile dcos(String origin, ZoneImage own) {
        return part(origin, new Part(origin, origin), false, own);
    }

    /**
     * A zone with dcos-net's values that shows names of another zone under an origin of its own.
     *
     * @param origin lower case, without trailing dot
     */
    public static ZoneProfile mirror(String origin, Part part) {
        return part(origin, part, false, ZoneImage.EMPTY);
    }

    /**
     * A reverse zone, in which only some addresses are ours.
     *
     * @param origin {@code in-addr.arpa} or {@code ip6.arpa}
     */
    public static ZoneProfile reverse(String origin) {
        return part(origin, new Part(origin, origin), true, ZoneImage.EMPTY);
    }

    private static ZoneProfile part(String origin, Part part, boolean sparse, ZoneImage own) {
        Rdata.Soa soa =
                new Rdata.Soa(
                        DnsName.literal("ns.spartan"),
                        DnsName.literal("support.mesosphere.com"),
                        0,
                        60,
                        180,
                        86_400,
                        1);
        return new ZoneProfile(
                origin,
                DnsName.literal(origin),
                part,
                sparse,
                DCOS_TTL,
                DCOS_TTL,
                3600,
                soa,
                false,
                own);
    }

    /** A and AAAA records of one name. */
    public static ZoneImage addresses(String zone, String name, Collection<IpAddress> addresses) {
        List<Change<ZoneRow>> rows =
                addresses.stream()
                        .map(
                                address ->
                                        Change.add(
                                                new ZoneRow(
                                                        zone,
                                                        name,
                                                        address.isIpv4()
                                                                ? RecordType.A
                                                                : RecordType.AAAA,
                                                        address.toString(),
                                                        "")))
                        .toList();
        return ZoneImage.EMPTY.apply(rows);
    }

    /** Whether entries are copied into replies verbatim: the zone is neither sparse nor a view. */
    boolean isServedVerbatim() {
        return !sparse && part.equals(new Part(key, key));
    }

    /** Whether names differ from those in the table. */
    boolean renames() {
        return !part.origin().equals(key);
    }

    /**
     * A name of the table as a query spells it; empty if no query can spell it or it is outside the
     * zone.
     */
    Optional<DnsName> reachable(String key) {
        Optional<DnsName> name = DnsName.parse(key);
        boolean reachable =
                name.isPresent()
                        && name.get().isAtOrBelow(origin)
                        && (isPlain(key) || name.get().key().equals(key));
        return reachable ? name : Optional.empty();
    }

    /** Whether a name has one spelling only, and this is it; true for most names. */
    private static boolean isPlain(String key) {
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            boolean plain = 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_';
            if (!plain && (c != '.' || i == key.length() - 1)) {
                return false;
            }
        }
        return true;
    }
}
