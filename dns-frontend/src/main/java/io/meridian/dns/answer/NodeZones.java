package io.meridian.dns.answer;

import io.meridian.dns.wire.DnsName;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ReverseZones;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Zones, and parts of zones, that a node's settings define (specs: dcos-net 1.1). */
public final class NodeZones {
    public static final String DIRECTORY = "thisdcos.directory";
    public static final String DCOS = "dcos." + DIRECTORY;
    public static final String MESOS = "mesos." + DIRECTORY;
    public static final String THIS_NODE = "thisnode." + DIRECTORY;

    private static final IpAddress LOOPBACK = IpAddress.literal("127.0.0.1");
    private static final int ZK_NAMES = 5;
    private static final int MAX_BLOCKS = 64;

    private NodeZones() {}

    /**
     * {@code ready.spartan}, with which watchdogs check that DNS answers, and {@code ns.spartan}.
     *
     * @param server address of the name server
     */
    public static Zone spartan(IpAddress server) {
        List<Change<ZoneRow>> rows =
                List.of(
                        address("spartan", "ready.spartan", LOOPBACK),
                        address("spartan", "ns.spartan", server));
        return Zone.fixed(ZoneProfile.dcos("spartan", ZoneImage.EMPTY.apply(rows)));
    }

    public static Zone localhost() {
        return Zone.fixed(
                ZoneProfile.dcos(
                        "localhost",
                        ZoneProfile.addresses("localhost", "localhost", List.of(LOOPBACK))));
    }

    /**
     * {@code zk-1.zk} to {@code zk-5.zk}, which repeat the masters; without names if there are no
     * masters.
     *
     * @param masters in a fixed order
     */
    public static Zone zk(List<IpAddress> masters) {
        List<Change<ZoneRow>> rows = new ArrayList<>();
        for (int i = 0; i < ZK_NAMES && !masters.isEmpty(); i++) {
            rows.add(address("zk", "zk-" + (i + 1) + ".zk", masters.get(i % masters.size())));
        }
        return Zone.fixed(ZoneProfile.dcos("zk", ZoneImage.EMPTY.apply(rows)));
    }

    /**
     * This node's own addresses.
     *
     * @param inside addresses at the apex
     * @param outside addresses of {@code public} below the apex
     */
    public static Zone thisNode(List<IpAddress> inside, List<IpAddress> outside) {
        List<Change<ZoneRow>> rows = new ArrayList<>();
        inside.forEach(address -> rows.add(address(THIS_NODE, THIS_NODE, address)));
        outside.forEach(address -> rows.add(address(THIS_NODE, "public." + THIS_NODE, address)));
        return Zone.fixed(ZoneProfile.dcos(THIS_NODE, ZoneImage.EMPTY.apply(rows)));
    }

    /**
     * A zone of CNAMEs.
     *
     * @param label of the zone, below {@value #DIRECTORY}
     * @param targets by name relative to the zone
     */
    public static Zone custom(String label, SortedMap<String, DnsName> targets) {
        String origin = label + "." + DIRECTORY;
        List<Change<ZoneRow>> rows = new ArrayList<>();
        for (Map.Entry<String, DnsName> entry : targets.entrySet()) {
            rows.add(
                    Change.add(
                            new ZoneRow(
                                    origin,
                                    entry.getKey() + "." + origin,
                                    RecordType.CNAME,
                                    entry.getValue().toString(),
                                    "")));
        }
        return Zone.fixed(ZoneProfile.dcos(origin, ZoneImage.EMPTY.apply(rows)));
    }

    /**
     * Profile of {@value #DCOS}. Its name {@code master.dcos...} has the addresses of all masters.
     * A single master leads, so then {@code leader.dcos...} exists too.
     */
    public static ZoneProfile dcos(List<IpAddress> masters) {
        List<Change<ZoneRow>> rows = new ArrayList<>();
        masters.forEach(master -> rows.add(address(DCOS, "master." + DCOS, master)));
        if (masters.size() == 1) {
            rows.add(address(DCOS, "leader." + DCOS, masters.getFirst()));
        }
        return ZoneProfile.dcos(DCOS, ZoneImage.EMPTY.apply(rows));
    }

    /**
     * A reverse zone that the node answers as a whole.
     *
     * @param origin below {@code in-addr.arpa} or {@code ip6.arpa}
     */
    public static ZoneProfile reverse(String origin) {
        String zone = origin.endsWith(ReverseZones.IPV4) ? ReverseZones.IPV4 : ReverseZones.IPV6;
        return ZoneProfile.mirror(origin, new ZoneProfile.Part(zone, origin));
    }

    /**
     * Origins of the fewest reverse zones that together cover exactly the addresses of a range,
     * largest zone first. For a range that needs more than {@value #MAX_BLOCKS}, the largest ones.
     */
    public static List<String> reverseOrigins(AddressRange range) {
        int step = range.first().isIpv4() ? 8 : 4; // per label
        BigInteger size = range.span().add(BigInteger.ONE);
        BigInteger start = new BigInteger(1, range.first().bytes());
        SortedMap<Integer, List<String>> bySize = new TreeMap<>(Comparator.reverseOrder());
        for (BigInteger at = BigInteger.ZERO; at.compareTo(size) < 0; ) {
            int labels = 0; // open bits of the block, fewer than all
            while ((labels + 1) * step < Byte.SIZE * range.first().bytes().length
                    && fits(start.add(at), size.subtract(at), (labels + 1) * step)) {
                labels++;
            }
            bySize.computeIfAbsent(labels, _ -> new ArrayList<>())
                    .add(withoutLabels(ReverseZones.name(range.at(at)), labels));
            at = at.add(BigInteger.ONE.shiftLeft(labels * step));
        }
        return bySize.values().stream().flatMap(List::stream).limit(MAX_BLOCKS).toList();
    }

    /** Whether a block of 2^bits addresses is aligned there and within the rest of the range. */
    private static boolean fits(BigInteger start, BigInteger left, int bits) {
        return start.mod(BigInteger.ONE.shiftLeft(bits)).signum() == 0 && left.bitLength() > bits;
    }

    private static String withoutLabels(String name, int count) {
        int at = 0;
        for (int i = 0; i < count; i++) {
            at = name.indexOf('.', at) + 1;
        }
        return name.substring(at);
    }

    private static Change<ZoneRow> address(String zone, String name, IpAddress address) {
        RecordType type = address.isIpv4() ? RecordType.A : RecordType.AAAA;
        return Change.add(new ZoneRow(zone, name, type, address.toString(), ""));
    }
}
