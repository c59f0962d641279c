package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.table.Change;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class ZoneImageTest {
    @Test
    void aRecordStaysWhileOneOfItsOwnersKeepsIt() {
        ZoneRow first =
                new ZoneRow(
                        "mesos",
                        "web.marathon.mesos",
                        RecordType.A,
                        "192.0.2.1",
                        "marathon:/web t1");
        ZoneRow second =
                new ZoneRow(
                        "mesos",
                        "web.marathon.mesos",
                        RecordType.A,
                        "192.0.2.1",
                        "marathon:/web t2");
        ZoneImage both = ZoneImage.EMPTY.apply(List.of(Change.add(first), Change.add(second)));
        ZoneImage one = both.apply(List.of(Change.remove(first)));

        assertThat(both.records("mesos", "web.marathon.mesos"))
                .containsExactly(new ZoneRecord("web.marathon.mesos", RecordType.A, "192.0.2.1"));
        assertThat(one.records("mesos", "web.marathon.mesos")).hasSize(1);
        assertThat(one.apply(List.of(Change.remove(second))).records("mesos", "web.marathon.mesos"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "mesos, mesos, true",
        "web.mesos, mesos, true",
        "a.b.mesos, mesos, true",
        "webmesos, mesos, false",
        "mesos, web.mesos, false",
        "esos, mesos, false",
        "web.mesos.org, mesos, false",
        "x.l4lb.thisdcos.directory, l4lb.thisdcos.directory, true",
    })
    void aNameIsInAZoneIfItEndsInAllItsLabels(String name, String zone, boolean in) {
        assertThat(ZoneImage.inZone(name, zone)).isEqualTo(in);
    }
}
