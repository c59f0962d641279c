package io.meridian.dns;

import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.answer.NodeZones;
import io.meridian.dns.answer.Zone;
import io.meridian.dns.answer.ZoneProfile;
import io.meridian.dns.transfer.ZoneTransfers;
import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.L4lbZone;
import io.meridian.domain.zone.ReverseZones;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.node.Publisher;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * The image that queries read, and the two publishers that replace it. A query reads the field
 * once; an update builds the next image and replaces the field by one volatile write. The
 * publishers may be called on different threads.
 *
 * <p>The reverse zones contain rows of both tables, so they are complete when both tables have had
 * an image.
 */
final class PublishedImages {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedImages.class);

    private static final int MANY = 10_000; // changed names from which other processors help

    private final LongConsumer unreadable;
    private final ZoneProfile mirror;
    private final List<ZoneProfile> reverseParts;
    private final ZoneTransfers transfers;
    private Zone mesos;
    private Zone dcos;
    private Zone l4lb;
    private Zone reverse4 = Zone.awaited(ZoneProfile.reverse(ReverseZones.IPV4));
    private Zone reverse6 = Zone.awaited(ZoneProfile.reverse(ReverseZones.IPV6));
    private L4lbZone l4lbFold = L4lbZone.EMPTY;
    private ZoneImage vipReverse = ZoneImage.EMPTY;
    private volatile DnsImage image;
    private volatile long zoneRevision = DnsStatus.NO_REVISION;
    private volatile long vipRevision = DnsStatus.NO_REVISION;

    /**
     * @param unreadable gets the number of records of an update that no zone can serve
     * @param transfers gets each version of each zone
     */
    PublishedImages(
            ZoneProfile mesos,
            ZoneSettings settings,
            LongConsumer unreadable,
            ZoneTransfers transfers) {
        this.unreadable = unreadable;
        this.transfers = transfers;
        this.mirror =
                ZoneProfile.mirror(NodeZones.MESOS, new ZoneProfile.Part(mesos.key(), mesos.key()));
        this.reverseParts = settings.reverse();
        this.mesos = Zone.awaited(mesos);
        this.dcos = Zone.awaited(settings.dcos());
        this.l4lb = Zone.awaited(ZoneProfile.l4lb());
        List<Zone> zones = new ArrayList<>(settings.fixed());
        zones.addAll(ofZoneTable());
        zones.add(l4lb);
        zones.addAll(reverse());
        this.image = new DnsImage(zones, settings.rules());
    }

    DnsImage image() {
        return image;
    }

    long zoneRevision() {
        return zoneRevision;
    }

    long vipRevision() {
        return vipRevision;
    }

    private synchronized void zones(
            List<Change<ZoneRow>> changes, ZoneImage zones, Provenance provenance) {
        long revision = provenance.revision();
        long both = revision + Math.max(0, vipRevision);
        List<Due> due =
                List.of(
                        new Due(mesos, revision),
                        new Due(dcos, revision),
                        new Due(reverse4, both),
                        new Due(reverse6, both));
        boolean first = zoneRevision == DnsStatus.NO_REVISION;
        List<Zone> now =
                first
                        ? due.parallelStream().map(zone -> zone.withImage(zones)).toList()
                        : updated(due, touched(changes), zones);
        now.forEach(this::report);
        show(now, changes, revision);
    }

    /**
     * @param now the zone of tasks, the zone of DC/OS, and the two reverse zones
     */
    private void show(List<Zone> now, List<Change<ZoneRow>> changes, long revision) {
        List<Zone> before = ofZoneTable();
        mesos = now.get(0);
        dcos = now.get(1);
        reverse4 = now.get(2);
        reverse6 = now.get(3);
        List<Zone> changed = new ArrayList<>(ofZoneTable());
        changed.addAll(vipRevision == DnsStatus.NO_REVISION ? List.of() : reverse());
        image = image.with(changed);
        zoneRevision = revision;
        List<Zone> after = changed.subList(0, before.size());
        for (int i = 0; i < before.size(); i++) {
            transfers.published(before.get(i), after.get(i), changes, revision);
        }
    }

    private synchronized void vips(
            List<Change<VipRow>> changes, VipImage vips, Provenance provenance) {
        long revision = provenance.revision();
        L4lbZone.Step step = l4lbFold.apply(changes);
        l4lbFold = step.next();
        Zone before = l4lb;
        l4lb = l4lb.update(step.changes(), l4lbFold.zone(), revision);
        List<Change<ZoneRow>> reversed = step.reverse();
        vipReverse = vipReverse.apply(reversed);
        long both = revision + Math.max(0, zoneRevision);
        reverse4 = reverse4.updateOwn(reversed, vipReverse, both);
        reverse6 = reverse6.updateOwn(reversed, vipReverse, both);
        report(l4lb);
        List<Zone> changed = new ArrayList<>(List.of(l4lb));
        changed.addAll(zoneRevision == DnsStatus.NO_REVISION ? List.of() : reverse());
        image = image.with(changed);
        vipRevision = revision;
        transfers.published(before, l4lb, step.changes(), revision);
    }

    private List<Zone> ofZoneTable() {
        return List.of(mesos, mesos.view(mirror), dcos);
    }

    private List<Zone> reverse() {
        List<Zone> zones = new ArrayList<>(List.of(reverse4, reverse6));
        for (ZoneProfile part : reverseParts) {
            boolean ipv4 = part.part().zone().equals(ReverseZones.IPV4);
            zones.add((ipv4 ? reverse4 : reverse6).view(part));
        }
        return zones;
    }

    /** A zone and its next revision. */
    private record Due(Zone zone, long revision) {
        Zone withImage(ZoneImage image) {
            return zone.withImage(image, revision);
        }

        Zone updated(Map<String, Collection<String>> touched, ZoneImage image) {
            return zone.updateNames(
                    touched.getOrDefault(zone.profile().key(), List.of()), image, revision);
        }
    }

    private static List<Zone> updated(
            List<Due> zones, Map<String, Collection<String>> touched, ZoneImage image) {
        int names = touched.values().stream().mapToInt(Collection::size).sum();
        Stream<Due> each = names < MANY ? zones.stream() : zones.parallelStream();
        return each.map(zone -> zone.updated(touched, image)).toList();
    }

    private static Map<String, Collection<String>> touched(List<Change<ZoneRow>> changes) {
        Map<String, Collection<String>> names = new HashMap<>();
        for (Change<ZoneRow> change : changes) {
            ZoneRow row = change.row();
            names.computeIfAbsent(row.zone(), _ -> new HashSet<>()).add(row.name());
        }
        return names;
    }

    private void report(Zone zone) {
        int count = zone.leftOut();
        if (count > 0) {
            unreadable.accept(count);
            LOG.warn(
                    "cannot serve records: zone={} count={}: RDATA does not match TYPE, or no query"
                            + " can spell the name; they are left out",
                    zone.profile().key(),
                    count);
        }
    }

    Publisher<ZoneRow, ZoneImage> zonePublisher() {
        return publisher("dns-zone", this::zones);
    }

    Publisher<VipRow, VipImage> vipPublisher() {
        return publisher("dns-vip", this::vips);
    }

    private interface Update<R extends Row, I extends Image<R, I>> {
        void apply(List<Change<R>> changes, I image, Provenance provenance);
    }

    private static <R extends Row, I extends Image<R, I>> Publisher<R, I> publisher(
            String name, Update<R, I> update) {
        return new Publisher<>() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void onUpdate(List<Change<R>> changes, I image, Provenance provenance) {
                update.apply(changes, image, provenance);
            }
        };
    }
}
