package io.meridian.dns.answer;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.Renaming;
import io.meridian.dns.wire.RrSet;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneImage;
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
 * One zone at one revision, with its records encoded. Immutable; the next revision shares all names
 * that did not change. Empty non-terminals have entries too, so one lookup tells whether a name
 * exists.
 */
public final class Zone {
    private static final long SERIAL_MASK = 0xffff_ffffL;

    private final ZoneProfile profile;
    private final boolean complete;
    private final Rdata.Soa soa;
    private final ZoneImage image;
    private final ZoneImage own;
    private final ZoneNames names;
    private final byte[] key;
    private final NegativeResponseTemplate negativeTemplate;
    private final Renaming outward;
    private final boolean servedVerbatim;

    private Zone(
            ZoneProfile profile,
            boolean complete,
            Rdata.Soa soa,
            ZoneImage image,
            ZoneImage own,
            ZoneNames names) {
        this.profile = profile;
        this.complete = complete;
        this.soa = soa;
        this.image = image;
        this.own = own;
        this.names = names;
        this.key = profile.origin().lowerCaseWire();
        this.negativeTemplate =
                NegativeResponseTemplate.of(
                        negativeSoa(profile.origin()), List.of(soa.server(), soa.mailbox()));
        this.servedVerbatim = profile.isServedVerbatim();
        this.outward = new Renaming(DnsName.literal(profile.part().origin()), profile.origin());
    }

    /** A zone before its first image: it answers SERVFAIL, never NXDOMAIN. */
    public static Zone awaited(ZoneProfile profile) {
        Set<String> own = new HashSet<>();
        profile.own().records(profile.key()).forEach(record -> own.add(record.name()));
        Zone empty =
                new Zone(
                        profile,
                        false,
                        profile.soa(),
                        ZoneImage.EMPTY,
                        profile.own(),
                        ZoneNames.none(profile));
        return empty.with(own, ZoneImage.EMPTY, profile.own(), false, profile.soa());
    }

    /** A zone that no table changes, with its own records and serial 1. */
    public static Zone fixed(ZoneProfile profile) {
        Zone zone = awaited(profile);
        return new Zone(profile, true, serial(profile.soa(), 1), zone.image, zone.own, zone.names);
    }

    /**
     * The zone after changes of its table. The cost depends on the changed names only.
     *
     * @param changes the difference from the image that this zone shows; rows of other zones are
     *     ignored
     * @param image the whole table after the changes; only the changed names are read
     * @param revision of the table; its low 32 bits are the SOA serial, so equal revisions have
     *     equal serials on all nodes
     */
    public Zone update(List<Change<ZoneRow>> changes, ZoneImage image, long revision) {
        return with(touched(changes), image, own, true, serial(soa, revision));
    }

    /**
     * Like {@link #update}, for a caller that has collected the changed names.
     *
     * @param touched names whose records have changed, each once; names outside the zone are
     *     ignored
     */
    public Zone updateNames(Collection<String> touched, ZoneImage image, long revision) {
        return with(touched, image, own, true, serial(soa, revision));
    }

    /**
     * The zone with all rows of the table replaced.
     *
     * @param whole the new rows, among those of other zones
     * @param revision see {@link #update}
     */
    public Zone withImage(ZoneImage whole, long revision) {
        return new Zone(
                profile,
                true,
                serial(soa, revision),
                whole,
                own,
                ZoneNames.of(profile, whole, own));
    }

    /**
     * The zone after changes of the node's own records.
     *
     * @param changes the difference from the node's own records in this zone
     * @param own the node's own records after the changes
     * @param revision see {@link #update}
     */
    public Zone updateOwn(List<Change<ZoneRow>> changes, ZoneImage own, long revision) {
        return with(touched(changes), image, own, complete, serial(soa, revision));
    }

    /**
     * A view: the records of this zone, or of a part of it, under another profile. Shares all
     * entries.
     *
     * @param other profile whose {@link ZoneProfile#part()} is in this zone
     */
    public Zone view(ZoneProfile other) {
        return new Zone(other, complete, serial(other.soa(), soa.serial()), image, own, names);
    }

    private static Rdata.Soa serial(Rdata.Soa soa, long revision) {
        return new Rdata.Soa(
                soa.server(),
                soa.mailbox(),
                revision & SERIAL_MASK,
                soa.refresh(),
                soa.retry(),
                soa.expire(),
                soa.minimum());
    }

    private Zone with(
            Collection<String> touched,
            ZoneImage nowImage,
            ZoneImage nowOwn,
            boolean nowComplete,
            Rdata.Soa nowSoa) {
        return new Zone(
                profile,
                nowComplete,
                nowSoa,
                nowImage,
                nowOwn,
                names.with(touched, nowImage, nowOwn));
    }

    /**
     * Number of records, among those of the last update's names, that the zone can't serve: their
     * data does not match the type, or no query can spell their name.
     */
    public int leftOut() {
        return names.leftOut();
    }

    private Set<String> touched(List<Change<ZoneRow>> changes) {
        Set<String> touched = HashSet.newHashSet(changes.size());
        for (Change<ZoneRow> change : changes) {
            if (change.row().zone().equals(profile.key())) {
                touched.add(change.row().name());
            }
        }
        return touched;
    }

    public ZoneProfile profile() {
        return profile;
    }

    /** Whether the zone has had its first image. */
    public boolean complete() {
        return complete;
    }

    /** Number of names with records. */
    public int names() {
        ZoneProfile.Part part = profile.part();
        if (part.zone().equals(part.origin())) {
            return names.count();
        }
        byte[] entry = names.entry(outward.from());
        return NameEntry.below(entry) + (NameEntry.hasRows(entry) ? 1 : 0);
    }

    /** The records of a name; empty for a name without rows, whether or not it exists. */
    Optional<NameData> find(DnsName name) {
        byte[] entry = names.entry(inside(name));
        return NameEntry.hasRows(entry) ? Optional.of(outside(entry)) : Optional.empty();
    }

    private NameData outside(byte[] entry) {
        NameData data = NameEntry.decode(entry);
        return profile.renames() ? data.renamed(outward) : data;
    }

    /** The name in the base zone's spelling. */
    private DnsName inside(DnsName name) {
        return profile.renames()
                ? name.renamed(profile.origin(), outward.from()).orElse(name)
                : name;
    }

    /** The name without the wildcard labels that this zone ignores. */
    DnsName withoutInnerWildcards(DnsName name) {
        return profile.innerWildcards() ? name.withoutInnerWildcards() : name;
    }

    /**
     * Whether this zone is authoritative for a name.
     *
     * @param name at or below the origin
     */
    boolean holds(DnsName name) {
        return !profile.sparse() || NameEntry.hasRows(names.entry(name));
    }

    /**
     * Number of labels by which this zone matches a name: those of its origin, or in a sparse zone
     * all labels. A forward zone with more labels takes the query.
     */
    int matchedLabels(DnsName name) {
        return profile.sparse() ? name.labels() : profile.origin().labels();
    }

    /** Whether the name has rows, is the apex, or has names with rows below it (RFC 8020). */
    boolean exists(DnsName name) {
        return name.equals(profile.origin()) || NameEntry.exists(names.entry(inside(name)));
    }

    /** The origin on the wire, lower case; the caller must not change it. */
    byte[] key() {
        return key;
    }

    NegativeResponseTemplate negativeTemplate() {
        return negativeTemplate;
    }

    /**
     * The entry that may be copied verbatim into a reply. Always {@link NameEntry#NOT_VERBATIM} in
     * views and sparse zones, where names, TTLs or the SOA differ from the entry.
     *
     * @param name on the wire, lower case
     * @return see {@link NameTable#find}
     */
    byte[] entry(byte[] name, int length, long hash) {
        return servedVerbatim ? names.entry(name, length, hash) : NameEntry.NOT_VERBATIM;
    }

    /**
     * The table's image that this zone shows, with the rows of other zones; empty before the first
     * image.
     */
    public ZoneImage image() {
        return image;
    }

    /** The node's own records, which the table does not have. */
    public ZoneImage own() {
        return own;
    }

    /** The SOA of the apex; its serial is the low 32 bits of the revision. */
    public RrSet soa() {
        return new RrSet(profile.origin(), profile.soaTtl(), List.of(soa));
    }

    /**
     * The SOA of a negative answer. RFC 2308 3: "the TTL of this record is set from the minimum of
     * the MINIMUM field and the TTL of the SOA itself".
     *
     * @param name the name that does not exist, or lacks the type
     */
    RrSet negativeSoa(DnsName name) {
        DnsName apex = profile.sparse() ? name : profile.origin();
        return new RrSet(apex, Math.min(profile.soaTtl(), soa.minimum()), List.of(soa));
    }

    /** The NS records of the apex. */
    public RrSet ns() {
        return new RrSet(profile.origin(), profile.nsTtl(), List.of(new Rdata.Ns(soa.server())));
    }

    /**
     * The RRsets of a name by type, without the apex's SOA and NS; empty for a name that has no
     * records or that no query can spell.
     *
     * @param key see {@link DnsName#key()}
     */
    public List<RrSet> sets(String key) {
        return profile.reachable(key)
                .map(name -> names.entry(inside(name)))
                .map(this::sets)
                .orElse(List.of());
    }

    /**
     * Passes every RRset of the zone to the consumer, without the apex's SOA and NS. The RRsets of
     * a name come together, names in no particular order. Copies one name at a time, so the
     * consumer may block.
     */
    public void forEachSet(Consumer<RrSet> consumer) {
        names.forEach(entry -> sets(entry).forEach(consumer));
    }

    private List<RrSet> sets(byte[] entry) {
        DnsName held = NameEntry.owner(entry);
        DnsName owner = outward.of(held);
        boolean shown = held.isAtOrBelow(outward.from()) && owner.isAtOrBelow(profile.origin());
        return shown
                ? outside(entry).sets().stream()
                        .map(set -> new RrSet(owner, profile.ttl(), set))
                        .toList()
                : List.of();
    }

    /** Every record of the zone as sorted zone-file lines; for tests and people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        forEachSet(set -> set.data().forEach(data -> lines.add(set.owner() + " " + data)));
        Collections.sort(lines);
        return lines;
    }
}
