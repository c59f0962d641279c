package io.meridian.dns.answer;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.RrSet;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.domain.zone.ZoneRow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One zone at one revision, its records as they go out. Immutable; the next revision shares all
 * names that did not change. Names that only exist because others are below them have entries too,
 * so one look says whether a name is there.
 */
public final class Zone {
    private static final long SERIAL_MASK = 0xffff_ffffL;

    private final ZoneTraits traits;
    private final boolean complete;
    private final Rdata.Soa soa;
    private final ZoneImage image;
    private final NameTable table;
    private final int names;
    private final byte[] key;
    private final NegativeTail negativeTail;

    private Zone(
            ZoneTraits traits,
            boolean complete,
            Rdata.Soa soa,
            ZoneImage image,
            NameTable table,
            int names) {
        this.traits = traits;
        this.complete = complete;
        this.soa = soa;
        this.image = image;
        this.table = table;
        this.names = names;
        this.key = traits.origin().lowerCaseWire();
        this.negativeTail = NegativeTail.of(negativeSoa(), List.of(soa.server(), soa.mailbox()));
    }

    /** A zone of which nothing is known yet; it answers SERVFAIL, never NXDOMAIN. */
    public static Zone awaited(ZoneTraits traits) {
        Set<String> own = new HashSet<>();
        traits.own().records(traits.key()).forEach(record -> own.add(record.name()));
        Zone empty = new Zone(traits, false, traits.soa(), ZoneImage.EMPTY, NameTable.EMPTY, 0);
        return empty.with(own, ZoneImage.EMPTY, false, traits.soa());
    }

    /**
     * The zone after some changes; costs only the names they touch.
     *
     * @param changes what differs from the image that this zone shows; rows of other zones are
     *     passed over
     * @param image the whole, after the changes; only the touched names are asked for
     * @param revision the table's revision: its low 32 bits become the SOA serial, so all nodes
     *     that show one revision show one serial, and it rises with each
     */
    public Zone update(List<Change<ZoneRow>> changes, ZoneImage image, long revision) {
        Rdata.Soa next =
                new Rdata.Soa(
                        soa.server(),
                        soa.mailbox(),
                        revision & SERIAL_MASK,
                        soa.refresh(),
                        soa.retry(),
                        soa.expire(),
                        soa.minimum());
        return with(touched(changes), image, true, next);
    }

    private Zone with(
            Set<String> touched, ZoneImage nowImage, boolean nowComplete, Rdata.Soa nowSoa) {
        NameTable next = table;
        int count = names;
        Map<DnsName, Integer> below = new HashMap<>();
        for (String text : touched) {
            Optional<DnsName> reachable = reachable(text);
            if (reachable.isEmpty()) {
                continue;
            }
            DnsName name = reachable.get();
            byte[] old = entry(next, name);
            boolean had = NameEntry.hasRows(old);
            List<ZoneRecord> records = records(nowImage, text);
            int step = (records.isEmpty() ? 0 : 1) - (had ? 1 : 0);
            next = put(next, name, old, records);
            count += step;
            for (DnsName up = name.parent();
                    step != 0 && up.labels() > traits.origin().labels();
                    up = up.parent()) {
                below.merge(up, step, Integer::sum);
            }
        }
        for (Map.Entry<DnsName, Integer> step : below.entrySet()) {
            next = countBelow(next, step.getKey(), step.getValue());
        }
        return new Zone(traits, nowComplete, nowSoa, nowImage, next, count);
    }

    private NameTable put(NameTable to, DnsName name, byte[] old, List<ZoneRecord> records) {
        int below = NameEntry.below(old);
        boolean hasRows = !records.isEmpty();
        if (!hasRows && below == 0) {
            return to.without(name.lowerCaseWire());
        }
        return to.with(
                NameEntry.encode(name, below, hasRows, NameData.parse(records), traits.ttl()));
    }

    private static NameTable countBelow(NameTable to, DnsName name, int step) {
        byte[] old = entry(to, name);
        if (!NameEntry.exists(old)) {
            return to.with(NameEntry.encode(name, step, false, NameData.EMPTY, 0));
        }
        int below = NameEntry.below(old) + step;
        return below == 0 && !NameEntry.hasRows(old)
                ? to.without(name.lowerCaseWire())
                : to.with(NameEntry.withBelow(old, below));
    }

    private List<ZoneRecord> records(ZoneImage from, String name) {
        List<ZoneRecord> records = new ArrayList<>(traits.own().records(traits.key(), name));
        records.addAll(from.records(traits.key(), name));
        return records;
    }

    /**
     * How many of the changed names' records can't be served, because their data is not what their
     * type needs, or their name is none.
     */
    public int unreadable(List<Change<ZoneRow>> changes) {
        int count = 0;
        for (String name : touched(changes)) {
            Optional<DnsName> reachable = reachable(name);
            count +=
                    reachable.isEmpty()
                            ? 1
                            : reachable.flatMap(this::find).map(NameData::unreadable).orElse(0);
        }
        return count;
    }

    private Set<String> touched(Collection<Change<ZoneRow>> changes) {
        Set<String> touched = HashSet.newHashSet(changes.size());
        for (Change<ZoneRow> change : changes) {
            if (change.row().zone().equals(traits.key())) {
                touched.add(change.row().name());
            }
        }
        return touched;
    }

    public ZoneTraits traits() {
        return traits;
    }

    /** Whether an image has come. */
    public boolean complete() {
        return complete;
    }

    /** How many names have records. */
    public int names() {
        return names;
    }

    /** What is held of a name; empty if it has no rows, whether or not it exists. */
    Optional<NameData> find(DnsName name) {
        byte[] entry = entry(table, name);
        return NameEntry.hasRows(entry) ? Optional.of(NameEntry.decode(entry)) : Optional.empty();
    }

    /** Whether the name has rows, is the apex, or has such names below it (RFC 8020). */
    boolean exists(DnsName name) {
        return name.equals(traits.origin()) || NameEntry.exists(entry(table, name));
    }

    /** The origin on the wire, lower case; not to be changed. */
    byte[] key() {
        return key;
    }

    NegativeTail negativeTail() {
        return negativeTail;
    }

    /**
     * @param name lower case
     * @return see {@link NameTable#find}
     */
    byte[] entry(byte[] name, int length, long hash) {
        return table.find(name, length, hash);
    }

    private static byte[] entry(NameTable table, DnsName name) {
        byte[] key = name.lowerCaseWire();
        return table.find(key, key.length, NameHash.of(key, 0, key.length));
    }

    /** The table's image that this zone shows, with all its zones; empty before the first. */
    public ZoneImage image() {
        return image;
    }

    /** The SOA at the apex; its serial is the revision's low 32 bits. */
    public RrSet soa() {
        return new RrSet(traits.origin(), traits.soaTtl(), List.of(soa));
    }

    /**
     * RFC 2308 3: "the TTL of this record is set from the minimum of the MINIMUM field and the TTL
     * of the SOA itself".
     */
    RrSet negativeSoa() {
        return new RrSet(traits.origin(), Math.min(traits.soaTtl(), soa.minimum()), List.of(soa));
    }

    /** The name servers at the apex. */
    public RrSet ns() {
        return new RrSet(traits.origin(), traits.nsTtl(), List.of(new Rdata.Ns(soa.server())));
    }

    /**
     * What a name answers, by type, without the apex's SOA and NS; empty for a name without records
     * or with none that a query can reach.
     *
     * @param key see {@link DnsName#key()}
     */
    public List<RrSet> sets(String key) {
        return reachable(key).map(name -> entry(table, name)).map(this::sets).orElse(List.of());
    }

    /**
     * Every RRset that the zone answers, without the apex's SOA and NS; a name's sets one after the
     * other, names in arbitrary order. Copies one name at a time, so the consumer may take its
     * time.
     */
    public void forEachSet(Consumer<RrSet> consumer) {
        table.forEach(entry -> sets(entry).forEach(consumer));
    }

    private List<RrSet> sets(byte[] entry) {
        return NameEntry.decode(entry).sets().stream()
                .map(set -> new RrSet(NameEntry.owner(entry), traits.ttl(), set))
                .toList();
    }

    /** A table's name as a query would spell it; empty if no query can. */
    private Optional<DnsName> reachable(String key) {
        return DnsName.parse(key)
                .filter(name -> name.isAtOrBelow(traits.origin()))
                .filter(name -> name.key().equals(key));
    }

    /** Every record that the zone can answer, as sorted zone-file lines; for tests and people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        table.forEach(
                entry -> {
                    DnsName name = NameEntry.owner(entry);
                    for (List<Rdata> set : NameEntry.decode(entry).sets()) {
                        set.forEach(rdata -> lines.add(name + " " + rdata));
                    }
                });
        Collections.sort(lines);
        return lines;
    }
}
