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

/**
 * What stays the same in a zone, whatever is in its table. All times in seconds.
 *
 * @param ttl of addresses and SRV records
 * @param soaTtl of the SOA in the answer section; in the authority section the lesser of it and the
 *     minimum counts (RFC 2308 3)
 * @param soa with serial 0
 * @param innerWildcards whether {@code app.*.marathon.mesos} means {@code app.marathon.mesos}
 * @param own records that are not in the table: the name server's addresses
 */
public record ZoneTraits(
        String key,
        DnsName origin,
        long ttl,
        long soaTtl,
        long nsTtl,
        Rdata.Soa soa,
        boolean innerWildcards,
        ZoneImage own) {

    /**
     * The zone of tasks, with Mesos-DNS's values (specs: mesos-dns 1.7, 2): name server {@code
     * ns1.<domain>}.
     *
     * @param domain such as {@code mesos}, lower case, without trailing dot
     * @param ttl seconds
     * @param servers addresses at which this server listens
     */
    public static ZoneTraits mesos(String domain, long ttl, Collection<IpAddress> servers) {
        String server = "ns1." + domain;
        List<Change<ZoneRow>> rows =
                servers.stream()
                        .map(
                                address ->
                                        Change.add(
                                                new ZoneRow(
                                                        domain,
                                                        server,
                                                        address.isIpv4()
                                                                ? RecordType.A
                                                                : RecordType.AAAA,
                                                        address.toString(),
                                                        "")))
                        .toList();
        Rdata.Soa soa =
                new Rdata.Soa(
                        DnsName.literal(server),
                        DnsName.literal("root." + server),
                        0,
                        60,
                        600,
                        86_400,
                        ttl);
        return new ZoneTraits(
                domain,
                DnsName.literal(domain),
                ttl,
                ttl,
                ttl,
                soa,
                true,
                ZoneImage.EMPTY.apply(rows));
    }

    /** The zone of named VIPs, with dcos-net's values (specs: dcos-net 1.1). */
    public static ZoneTraits l4lb() {
        Rdata.Soa soa =
                new Rdata.Soa(
                        DnsName.literal("ns.spartan"),
                        DnsName.literal("support.mesosphere.com"),
                        0,
                        60,
                        180,
                        86_400,
                        1);
        return new ZoneTraits(
                L4lbZone.ORIGIN,
                DnsName.literal(L4lbZone.ORIGIN),
                L4lbZone.TTL_SECONDS,
                L4lbZone.TTL_SECONDS,
                3600,
                soa,
                false,
                ZoneImage.EMPTY);
    }
}
