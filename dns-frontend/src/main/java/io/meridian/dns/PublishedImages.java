package io.meridian.dns;

import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.answer.Zone;
import io.meridian.dns.answer.ZoneTraits;
import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.L4lbZone;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.Publisher;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.function.LongConsumer;

/**
 * The image that queries read, and the two publishers that replace it. A query reads the field
 * once; an update works beside it and swaps it by one write. The publishers may be called on
 * different threads.
 */
final class PublishedImages {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedImages.class);

    private final LongConsumer unreadable;
    private Zone mesos;
    private Zone l4lb;
    private L4lbZone l4lbFold = L4lbZone.EMPTY;
    private volatile DnsImage image;
    private volatile long zoneRevision = DnsStatus.NO_REVISION;
    private volatile long vipRevision = DnsStatus.NO_REVISION;

    /**
     * @param unreadable told how many records of an update can't be served
     */
    PublishedImages(ZoneTraits mesos, LongConsumer unreadable) {
        this.unreadable = unreadable;
        this.mesos = Zone.awaited(mesos);
        this.l4lb = Zone.awaited(ZoneTraits.l4lb());
        this.image = new DnsImage(List.of(this.mesos, this.l4lb));
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
        mesos = mesos.update(changes, zones, provenance.revision());
        report(mesos, changes);
        image = image.with(mesos);
        zoneRevision = provenance.revision();
    }

    private synchronized void vips(
            List<Change<VipRow>> changes, VipImage vips, Provenance provenance) {
        L4lbZone.Step step = l4lbFold.apply(changes);
        l4lbFold = step.next();
        l4lb = l4lb.update(step.changes(), l4lbFold.zone(), provenance.revision());
        report(l4lb, step.changes());
        image = image.with(l4lb);
        vipRevision = provenance.revision();
    }

    private void report(Zone zone, List<Change<ZoneRow>> changes) {
        int count = zone.unreadable(changes);
        if (count > 0) {
            unreadable.accept(count);
            LOG.warn(
                    "records left out: zone={} count={}: data is not what the type needs",
                    zone.traits().key(),
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
