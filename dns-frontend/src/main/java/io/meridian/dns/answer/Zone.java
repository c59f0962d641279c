package io.meridian.dns.answer;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.RrSet;
import io.meridian.domain.table.BucketMap;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.domain.zone.ZoneRow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One zone at one revision, its records parsed. Immutable; the next revision shares all names that
 * did not change.
 */
public final class Zone {
    private static final long SERIAL_MASK = 0xffff_ffffL;

    private final ZoneTraits traits;
    private final boolean complete;
    private final Rdata.Soa soa;
    private final ZoneImage image;
    private final BucketMap<String, NameData> names;

    private Zone(
            ZoneTraits traits,
            boolean complete,
            Rdata.Soa soa,
            ZoneImage image,
            BucketMap<String, NameData> names) {
        this.traits = traits;
        this.complete = complete;
        this.soa = soa;
        this.image = image;
        this.names = names;
    }

    /** A zone of which nothing is known yet; it answers SERVFAIL, never NXDOMAIN. */
    public static Zone awaited(ZoneTraits traits) {
        BucketMap.Editor<String, NameData> names = BucketMap.<String, NameData>empty().edit();
        traits.own().records(traits.key()).stream()
                .map(ZoneRecord::name)
                .distinct()
                .forEach(
                        name ->
                                names.put(
                                        name,
                                        NameData.parse(traits.own().records(traits.key(), name))));
        return new Zone(traits, false, traits.soa(), ZoneImage.EMPTY, names.done());
    }

    /**
     * The zone after some changes; costs only the names they touch.
     *
     * @param changes what differs from the image that this zone shows; rows of other zones are
     *     passed over
     * @param image the whole, after the changes
     * @param revision the table's revision: its low 32 bits become the SOA serial, so all nodes
     *     that show one revision show one serial, and it rises with each
     */
    public Zone update(List<Change<ZoneRow>> changes, ZoneImage image, long revision) {
        BucketMap.Editor<String, NameData> editor = names.edit();
        for (String name : touched(changes)) {
            List<ZoneRecord> records = new ArrayList<>(traits.own().records(traits.key(), name));
            records.addAll(image.records(traits.key(), name));
            if (records.isEmpty()) {
                editor.remove(name);
            } else {
                editor.put(name, NameData.parse(records));
            }
        }
        Rdata.Soa next =
                new Rdata.Soa(
                        soa.server(),
                        soa.mailbox(),
                        revision & SERIAL_MASK,
                        soa.refresh(),
                        soa.retry(),
                        soa.expire(),
                        soa.minimum());
        return new Zone(traits, true, next, image, editor.done());
    }

    /**
     * How many of the changed names' records can't be served, because their data is not what their
     * type needs.
     */
    public int unreadable(List<Change<ZoneRow>> changes) {
        int count = 0;
        for (String name : touched(changes)) {
            count += names.get(name).map(NameData::unreadable).orElse(0);
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
        return names.size();
    }

    /**
     * @param key see {@link DnsName#key()}
     */
    Optional<NameData> find(String key) {
        return names.get(key);
    }

    /**
     * Whether the name is the apex or an empty non-terminal: there, though it has no records of its
     * own.
     */
    boolean existsWithoutRecords(String key) {
        return key.equals(traits.key())
                || image.hasNamesBelow(traits.key(), key)
                || traits.own().hasNamesBelow(traits.key(), key);
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
        return names.get(key).map(data -> sets(key, data)).orElse(List.of());
    }

    /**
     * Every RRset that the zone answers, without the apex's SOA and NS; a name's sets one after the
     * other, names in arbitrary order. Copies nothing, so the consumer may take its time.
     */
    public void forEachSet(Consumer<RrSet> consumer) {
        names.forEach((key, data) -> sets(key, data).forEach(consumer));
    }

    private List<RrSet> sets(String key, NameData data) {
        Optional<DnsName> owner =
                DnsName.parse(key)
                        .filter(name -> name.isAtOrBelow(traits.origin()))
                        .filter(name -> name.key().equals(key));
        return owner.isEmpty()
                ? List.of()
                : data.sets().stream()
                        .map(set -> new RrSet(owner.get(), traits.ttl(), set))
                        .toList();
    }

    /** Every record that the zone can answer, as sorted zone-file lines; for tests and people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        names.forEach(
                (name, data) -> {
                    for (List<Rdata> set : data.sets()) {
                        set.forEach(rdata -> lines.add(name + " " + rdata));
                    }
                });
        Collections.sort(lines);
        return lines;
    }
}
