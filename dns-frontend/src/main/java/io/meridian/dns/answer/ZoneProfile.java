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
 * What stays the same in a zone, whatever is in its table. All times in seconds.
 *
 * @param key {@code origin} as {@link DnsName#key()}
 * @param part which names the zone shows: those of the table's zone {@code part.zone}, at or below
 *     {@code part.origin}, which is replaced by {@code origin}
 * @param sparse whether only names with records are ours, each a zone of its own; what else lies
 *     below the origin belongs to others
 * @param ttl of addresses and SRV records
 * @param soaTtl of the SOA in the answer section; in the authority section the lesser of it and the
 *     minimum counts (RFC 2308 3)
 * @param soa with serial 0
 * @param innerWildcards whether {@code app.*.marathon.mesos} means {@code app.marathon.mesos}
 * @param own records that are not in the table: the name server's addresses
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
     * @param zone as in {@link ZoneRow#zone()}
     * @param origin a name in it, lower case, without trailing dot
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
     * The names of addresses, of which we hold some.
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

    /** Whether all names are ours, and the table's records go out as they are. */
    boolean isServedVerbatim() {
        return !sparse && part.equals(new Part(key, key));
    }

    /** Whether the names are spelled otherwise than in the table. */
    boolean renames() {
        return !part.origin().equals(key);
    }

    /** A table's name as a query would spell it; empty if no query can, or it is not below us. */
    Optional<DnsName> reachable(String key) {
        Optional<DnsName> name = DnsName.parse(key);
        boolean reachable =
                name.isPresent()
                        && name.get().isAtOrBelow(origin)
                        && (isPlain(key) || name.get().key().equals(key));
        return reachable ? name : Optional.empty();
    }

    /** Whether there is one way to write a name, and this is it: what most names are. */
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
