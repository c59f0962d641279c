package io.meridian.feed.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRow;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

class RowTextLawTest {
    private static final String SPECIAL = "ab\t\n\\=+-tn\rä\u2028\ud83d";
    private static final RowText<ZoneRow> ZONE = RowText.ZONE;
    private static final RowText<VipRow> VIP = RowText.VIP;
    private static final IpAddress ADDRESS = IpAddress.literal("10.1.0.1");
    private static final Endpoint ENDPOINT = new Endpoint(ADDRESS, 31000, Protocol.TCP);

    /** Text with all characters that have a meaning in the format. */
    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(SPECIAL.charAt(random.nextInt(SPECIAL.length())));
        }
        return text.toString();
    }

    private static ZoneRow row(Random random, String owner) {
        RecordType[] types = RecordType.values();
        return new ZoneRow(
                text(random),
                text(random),
                types[random.nextInt(types.length)],
                text(random),
                owner);
    }

    @Property
    void anyRowsRoundTrip(@ForAll Random random) {
        String owner = text(random);
        List<ZoneRow> rows = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            rows.add(row(random, owner));
        }
        assertThat(ZONE.rows(owner, ZONE.rows(rows))).isEqualTo(rows);
    }

    @Property
    void anyChangesRoundTripInOrder(@ForAll Random random) {
        List<String> owners = List.of(text(random), text(random), text(random));
        List<Change<ZoneRow>> changes = new ArrayList<>();
        for (int i = random.nextInt(20); i > 0; i--) {
            changes.add(
                    new Change<>(random.nextBoolean(), row(random, owners.get(random.nextInt(3)))));
        }
        assertThat(ZONE.changes(ZONE.changes(changes))).isEqualTo(changes);
    }

    @Test
    void bothKindsOfVipRowsRoundTrip() {
        List<VipRow> addresses =
                List.of(
                        new VipRow.Address("web.load", ADDRESS),
                        new VipRow.Address("web.load", IpAddress.literal("fd01::1")));
        List<VipRow> backends =
                List.of(
                        backend(Optional.empty(), "", Optional.empty()),
                        backend(
                                Optional.of(
                                        new Endpoint(
                                                IpAddress.literal("9.0.1.5"), 80, Protocol.TCP)),
                                "scheduler=mh drain=60",
                                Optional.of(ADDRESS)));

        assertThat(VIP.rows("", VIP.rows(addresses))).isEqualTo(addresses);
        assertThat(VIP.rows("load:web t.1", VIP.rows(backends))).isEqualTo(backends);
    }

    private static VipRow backend(
            Optional<Endpoint> local, String options, Optional<IpAddress> agent) {
        return new VipRow.Backend(
                new VipKey("web.load", Protocol.TCP, 80),
                ENDPOINT,
                "load:web t.1",
                "a1",
                local,
                BackendState.SERVING,
                1,
                VipOptions.parse(options),
                agent);
    }

    /** The text form is stored in databases and image files, so it must not change. */
    @Test
    void rowsAndChangesEqualTheGoldenTexts() {
        ZoneRow text =
                new ZoneRow(
                        "mesos", "web.load.mesos", RecordType.TXT, "a\tb\nc\\d", "load:web t.1");
        VipRow backend = backend(Optional.empty(), "drain=60", Optional.of(ADDRESS));

        assertThat(ZONE.rows(List.of(text)))
                .isEqualTo("mesos\tweb.load.mesos\tTXT\ta\\tb\\nc\\\\d\n");
        assertThat(ZONE.changes(List.of(Change.add(text), Change.remove(text))))
                .isEqualTo(
                        "=load:web t.1\n"
                                + "+mesos\tweb.load.mesos\tTXT\ta\\tb\\nc\\\\d\n"
                                + "-mesos\tweb.load.mesos\tTXT\ta\\tb\\nc\\\\d\n");
        assertThat(VIP.rows(List.of(new VipRow.Address("web.load", ADDRESS))))
                .isEqualTo("address\tweb.load\t10.1.0.1\n");
        assertThat(VIP.rows(List.of(backend)))
                .isEqualTo(
                        "backend\tweb.load\ttcp\t80\t10.1.0.1\t31000\ta1\t\t0\tserving\t1\tdrain=60"
                                + "\t10.1.0.1\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+mesos\ta\tA\tx\n",
                "=o\n*",
                "=o\n+mesos\ta",
                "=o\n+m\ta\tA\t\\x\n",
                "=o\n+m\ta\tA\tx\ty\n",
                "=o\n+m\ta\tB\tx\n",
                "=o\tp\n",
                "=o"
            })
    void damagedTextIsRefused(String text) {
        assertThatThrownBy(() -> ZONE.changes(text)).isInstanceOf(UnreadableText.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backend\tw\ttcp\t0\t10.0.0.1\t1\ta\t\t0\tserving\t1\t\t\n",
                "backend\tw\ttcp\t80\t10.0.0\t1\ta\t\t0\tserving\t1\t\t\n",
                "backend\tw\tsctp\t80\t10.0.0.1\t1\ta\t\t0\tserving\t1\t\t\n",
                "backend\tw\ttcp\t80\t10.0.0.1\tx\ta\t\t0\tserving\t1\t\t\n",
                "backend\tw\ttcp\t80\t10.0.0.1\t1\ta\t\t0\tgone\t1\t\t\n",
                "backend\tw\ttcp\t80\t10.0.0.1\t1\ta\t\t0\tserving\t1\tdrain\t\n",
                "server\tw\t10.0.0.1\n",
                "address\tw\t10.0.0.1\taddress\tw\t10.0.0.2\n"
            })
    void anInvalidVipRowIsRefused(String text) {
        assertThatThrownBy(() -> VIP.rows("o", text)).isInstanceOf(UnreadableText.class);
    }

    @Property
    void aTruncatedTextIsRefusedUnlessCutBetweenLines(@ForAll Random random) {
        List<Change<ZoneRow>> changes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            changes.add(new Change<>(random.nextBoolean(), row(random, text(random))));
        }
        String text = ZONE.changes(changes);
        for (int end = 0; end < text.length(); end++) {
            String cut = text.substring(0, end);
            if (end == 0 || text.charAt(end - 1) == '\n') {
                List<Change<ZoneRow>> read = ZONE.changes(cut);
                assertThat(read).isEqualTo(changes.subList(0, read.size()));
            } else {
                assertThatThrownBy(() -> ZONE.changes(cut)).isInstanceOf(UnreadableText.class);
            }
        }
    }

    @Property
    void aWholeTableIsWrittenByOwner(@ForAll Random random) {
        List<ZoneRow> rows = new ArrayList<>();
        for (int i = random.nextInt(20); i > 0; i--) {
            rows.add(row(random, List.of("a", "b", "c").get(random.nextInt(3))));
        }
        List<ZoneRow> byOwner = rows.stream().sorted(Comparator.comparing(ZoneRow::owner)).toList();
        List<Change<ZoneRow>> read = ZONE.changes(String.join("", ZONE.table(rows)));
        assertThat(read).isEqualTo(byOwner.stream().map(Change::add).toList());
    }
}
