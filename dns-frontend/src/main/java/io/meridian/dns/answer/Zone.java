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
 * One zone at one revision, its records as they go out. Immutable; the next revision shares all
 * names that did not change. Names that only exist because others are below them have entries too,
 * so one look says whether a name is there.
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

    /** A zone of which nothing is known yet; it answers SERVFAIL, never NXDOMAIN. */
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

    /** A zone that has its own records only, for ever; serial 1. */
    public static Zone fixed(ZoneProfile profile) {
        Zone zone = awaited(profile);
        return new Zone(profile, true, serial(profile.soa(), 1), zone.image, zone.own, zone.names);
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
        return with(touched(changes), image, own, true, serial(soa, revision));
    }

    /**
     * The same, when somebody else has looked through the changes.
     *
     * @param touched names whose records have changed, each once; names outside of the zone are
     *     left out
     */
    public Zone updateNames(Collection<String> touched, ZoneImage image, long revision) {
        return with(touched, image, own, true, serial(soa, revision));
    }

    /**
     * The zone with a whole image in place of what it has shown.
     *
     * @param whole the rows of this zone in it replace all that came from the table
     * @param revision as for {@link #update}
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
     * The zone after changes of the records that the node adds to the table's.
     *
     * @param changes what differs from those that this zone shows
     * @param own the whole, after the changes
     * @param revision as for {@link #update}
     */
    public Zone updateOwn(List<Change<ZoneRow>> changes, ZoneImage own, long revision) {
        return with(touched(changes), image, own, complete, serial(soa, revision));
    }

    /**
     * The same records as this zone's, or a part of them, under other profile; shares them all.
     *
     * @param other whose {@link ZoneProfile#part()} is in this zone
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
     * How many records of the names that the last update touched can't be served, because their
     * data is not what their type needs, or their name is none.
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

    /** Whether an image has come. */
    public boolean complete() {
        return complete;
    }

    /** How many names have records. */
    public int names() {
        ZoneProfile.Part part = profile.part();
        if (part.zone().equals(part.origin())) {
            return names.count();
        }
        byte[] entry = names.entry(outward.from());
        return NameEntry.below(entry) + (NameEntry.hasRows(entry) ? 1 : 0);
    }

    /** What is held of a name; empty if it has no rows, whether or not it exists. */
    Optional<NameData> find(DnsName name) {
        byte[] entry = names.entry(inside(name));
        return NameEntry.hasRows(entry) ? Optional.of(outside(entry)) : Optional.empty();
    }

    private NameData outside(byte[] entry) {
        NameData data = NameEntry.decode(entry);
        return profile.renames() ? data.renamed(outward) : data;
    }

    /** The name in the table. */
    private DnsName inside(DnsName name) {
        return profile.renames()
                ? name.renamed(profile.origin(), outward.from()).orElse(name)
                : name;
    }

    /** The name without the labels that this zone passes over. */
    DnsName withoutInnerWildcards(DnsName name) {
        return profile.innerWildcards() ? name.withoutInnerWildcards() : name;
    }

    /**
     * Whether a name is ours.
     *
     * @param name at or below the origin
     */
    boolean holds(DnsName name) {
        return !profile.sparse() || NameEntry.hasRows(names.entry(name));
    }

    /**
     * Number of labels by which this zone matches a name: those of its origin, or in a sparse zone
     * all of the name's. A forward zone with more labels takes the query.
     */
    int matchedLabels(DnsName name) {
        return profile.sparse() ? name.labels() : profile.origin().labels();
    }

    /** Whether the name has rows, is the apex, or has such names below it (RFC 8020). */
    boolean exists(DnsName name) {
        return name.equals(profile.origin()) || NameEntry.exists(names.entry(inside(name)));
    }

    /** The origin on the wire, lower case; not to be changed. */
    byte[] key() {
        return key;
    }

    NegativeResponseTemplate negativeTemplate() {
        return negativeTemplate;
    }

    /**
     * What goes out as it is held. Nothing does in a view, whose names or TTL are others, nor in a
     * zone of which others have parts.
     *
     * @param name lower case
     * @return see {@link NameTable#find}
     */
    byte[] entry(byte[] name, int length, long hash) {
        return servedVerbatim ? names.entry(name, length, hash) : NameEntry.NOT_VERBATIM;
    }

    /** The table's image that this zone shows, with all its zones; empty before the first. */
    public ZoneImage image() {
        return image;
    }

    /** What the node adds to the table's records. */
    public ZoneImage own() {
        return own;
    }

    /** The SOA at the apex; its serial is the revision's low 32 bits. */
    public RrSet soa() {
        return new RrSet(profile.origin(), profile.soaTtl(), List.of(soa));
    }

    /**
     * RFC 2308 3: "the TTL of this record is set from the minimum of the MINIMUM field and the TTL
     * of the SOA itself".
     *
     * @param name what is not there
     */
    RrSet negativeSoa(DnsName name) {
        DnsName apex = profile.sparse() ? name : profile.origin();
        return new RrSet(apex, Math.min(profile.soaTtl(), soa.minimum()), List.of(soa));
    }

    /** The name servers at the apex. */
    public RrSet ns() {
        return new RrSet(profile.origin(), profile.nsTtl(), List.of(new Rdata.Ns(soa.server())));
    }

    /**
     * What a name answers, by type, without the apex's SOA and NS; empty for a name without records
     * or with none that a query can reach.
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
     * Every RRset that the zone answers, without the apex's SOA and NS; a name's sets one after the
     * other, names in arbitrary order. Copies one name at a time, so the consumer may take its
     * time.
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

    /** Every record that the zone can answer, as sorted zone-file lines; for tests and people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        forEachSet(set -> set.data().forEach(data -> lines.add(set.owner() + " " + data)));
        Collections.sort(lines);
        return lines;
    }
}
