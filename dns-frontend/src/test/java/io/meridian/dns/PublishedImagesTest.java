package io.meridian.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.answer.Zone;
import io.meridian.dns.answer.ZoneProfile;
import io.meridian.dns.transfer.TransferSettings;
import io.meridian.dns.transfer.TsigKeys;
import io.meridian.dns.transfer.ZoneTransfers;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Provenance;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Zones that queries read after a first image and after deltas. */
class PublishedImagesTest {
    private final AtomicLong unreadable = new AtomicLong();

    private PublishedImages images() {
        ZoneTransfers transfers =
                new ZoneTransfers(TransferSettings.OFF, new TsigKeys(List.of(), () -> 0), 1232);
        return new PublishedImages(
                ZoneProfile.mesos("mesos", 60, List.of(IpAddress.literal("192.0.2.53"))),
                Frontends.settings("").zones(),
                unreadable::addAndGet,
                transfers);
    }

    @Test
    void aWholeImageAndItsDeltasPublishTheSameZones() {
        PublishedImages images = images();
        publish(images, first());
        assertThat(images.zoneRevision()).isEqualTo(1);
        assertThat(unreadable).hasValue(1);
        List<String> shown = lines(images);
        assertThat(shown).contains("n11999.mesos. Address[address=10.0.0.1]");

        publish(images, first(), second());
        vips(images);

        assertThat(images.zoneRevision()).isEqualTo(2);
        assertThat(unreadable).hasValue(2);
        PublishedImages atOnce = images();
        atOnce.zonePublisher()
                .onUpdate(List.of(), ZoneImage.EMPTY.apply(first()).apply(second()), changes(2));
        vips(atOnce);
        assertThat(lines(atOnce)).isEqualTo(lines(images)).isNotEqualTo(shown);
        assertThat(unreadable).hasValue(4);
    }

    private static List<Change<ZoneRow>> first() {
        List<Change<ZoneRow>> rows = new ArrayList<>();
        for (int i = 0; i < 12_000; i++) {
            rows.add(Change.add(row("n" + i + ".mesos", "10.0.0.1")));
        }
        rows.add(Change.add(row("bad.mesos", "no address")));
        return rows;
    }

    private static List<Change<ZoneRow>> second() {
        return List.of(
                Change.remove(row("n1.mesos", "10.0.0.1")),
                Change.add(row("n2.mesos", "10.0.0.2")),
                Change.add(row("below.n3.mesos", "10.0.0.3")),
                Change.add(row("worse.mesos", "no address either")));
    }

    private static ZoneRow row(String name, String address) {
        return new ZoneRow("mesos", name, RecordType.A, address, "s t");
    }

    /** The last published step and its image. */
    @SafeVarargs
    private static ZoneImage publish(PublishedImages images, List<Change<ZoneRow>>... steps) {
        ZoneImage image = ZoneImage.EMPTY;
        for (List<Change<ZoneRow>> step : steps) {
            image = image.apply(step);
        }
        images.zonePublisher().onUpdate(steps[steps.length - 1], image, changes(steps.length));
        return image;
    }

    private static void vips(PublishedImages images) {
        List<Change<VipRow>> rows = Zones.vips("web.marathon 11.0.0.1 10.0.0.1");
        images.vipPublisher().onUpdate(rows, VipImage.EMPTY.apply(rows), changes(1));
    }

    private static Provenance changes(long revision) {
        return new Provenance(revision, Provenance.Origin.CHANGES);
    }

    private static List<String> lines(PublishedImages images) {
        List<String> lines = new ArrayList<>();
        for (Zone zone : images.image().zones()) {
            lines.add(zone.profile().key() + " " + zone.names());
            lines.addAll(zone.lines());
        }
        return lines;
    }
}
