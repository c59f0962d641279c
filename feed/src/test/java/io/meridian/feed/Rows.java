package io.meridian.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.service.VipScheduler;
import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.wire.FeedFrame;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Test rows from a small set, so that random changes hit the same rows again. */
public final class Rows {
    private Rows() {}

    public static ZoneRow zone(int i) {
        String name = "app" + i / 4 + ".marathon.mesos";
        String data = "10." + (i >> 16 & 255) + "." + (i >> 8 & 255) + "." + (i & 255);
        return new ZoneRow("mesos", name, RecordType.A, data, "/app" + i / 4 + " task-" + i);
    }

    /** Sorted zone rows. */
    public static List<ZoneRow> zones(int from, int to) {
        List<ZoneRow> rows = new ArrayList<>();
        for (int i = from; i < to; i++) {
            rows.add(zone(i));
        }
        return rows.stream().sorted().toList();
    }

    public static VipRow backend(int i, BackendState state) {
        VipKey key = new VipKey("web" + i / 4 + ".marathon", Protocol.TCP, 80);
        Endpoint endpoint =
                new Endpoint(IpAddress.literal("10.0.1." + (i & 255)), 31000 + i, Protocol.TCP);
        return new VipRow.Backend(
                key, endpoint, "/web task-" + i, "agent-1", Optional.empty(), state, 1);
    }

    public static Arbitrary<ZoneRow> zoneRows() {
        return Combinators.combine(
                        Arbitraries.of("mesos", "directory"),
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.of(RecordType.class),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 2))
                .as(
                        (zone, name, type, data, owner) ->
                                new ZoneRow(
                                        zone,
                                        "n" + name + "." + zone,
                                        type,
                                        "d" + data,
                                        "/s t" + owner));
    }

    /** Rows with any text that a database can hold: no lone surrogates. */
    public static Arbitrary<ZoneRow> wildZoneRows() {
        Arbitrary<String> text =
                Arbitraries.strings()
                        .all()
                        .withChars('\t', '\n', '\\', '=', '+', '-')
                        .ofMaxLength(20)
                        .map(any -> new String(any.getBytes(UTF_8), UTF_8));
        return Combinators.combine(text, text, Arbitraries.of(RecordType.class), text, text)
                .as(ZoneRow::new)
                .withoutEdgeCases();
    }

    /** Some fields of a VIP row: jqwik combines at most eight arbitraries at once. */
    private record Rest(int weight, VipOptions options, Optional<IpAddress> at) {}

    public static Arbitrary<VipOptions> options() {
        Arbitrary<Optional<Duration>> times =
                Arbitraries.of(0, 1, 86400).map(Duration::ofSeconds).optional();
        return Combinators.combine(
                        Arbitraries.of(VipScheduler.class).optional(),
                        times,
                        times,
                        times,
                        Arbitraries.of(true, false).optional(),
                        Arbitraries.of("label A=\"b\" is no c", "d")
                                .set()
                                .<SortedSet<String>>map(TreeSet::new))
                .as(VipOptions::new);
    }

    public static Arbitrary<VipRow> vipRows() {
        Arbitrary<IpAddress> addresses =
                Arbitraries.oneOf(
                        Arbitraries.bytes().array(byte[].class).ofSize(4).map(IpAddress::of),
                        Arbitraries.bytes().array(byte[].class).ofSize(16).map(IpAddress::of));
        Arbitrary<Integer> ports = Arbitraries.integers().between(1, 65535);
        Arbitrary<Endpoint> endpoints =
                Combinators.combine(addresses, ports, Arbitraries.of(Protocol.class))
                        .as(Endpoint::new);
        Arbitrary<String> names = Arbitraries.of("web.marathon", "db.marathon", "10.9.8.7", "");
        Arbitrary<VipKey> keys =
                Combinators.combine(names, Arbitraries.of(Protocol.class), ports).as(VipKey::new);
        Arbitrary<VipRow> backends =
                Combinators.combine(
                                keys,
                                endpoints,
                                Arbitraries.of("/web t1", "/web t2"),
                                Arbitraries.of("a1", "a2"),
                                endpoints.optional(),
                                Arbitraries.of(BackendState.class),
                                Combinators.combine(
                                                Arbitraries.integers().between(0, 65535),
                                                options(),
                                                addresses.optional())
                                        .as(Rest::new))
                        .as(
                                (key, endpoint, owner, agent, local, state, rest) ->
                                        new VipRow.Backend(
                                                key,
                                                at(endpoint, key),
                                                owner,
                                                agent,
                                                local.map(one -> at(one, key)),
                                                state,
                                                rest.weight(),
                                                rest.options(),
                                                rest.at()));
        Arbitrary<VipRow> ofNames = Combinators.combine(names, addresses).as(VipRow.Address::new);
        return Arbitraries.oneOf(ofNames, backends).withoutEdgeCases();
    }

    /** An endpoint with the protocol of the VIP. */
    private static Endpoint at(Endpoint any, VipKey key) {
        return new Endpoint(any.address(), any.port(), key.protocol());
    }

    /**
     * Any changes of the zone table, also additions of present rows and removals of missing rows.
     */
    public static Arbitrary<List<Change<ZoneRow>>> commits() {
        return Combinators.combine(Arbitraries.of(true, false), zoneRows())
                .as(Change::new)
                .list()
                .ofMaxSize(6)
                .withoutEdgeCases();
    }

    /** The zone image after every commit of a history, oldest first. */
    public static ZoneImage replayed(List<List<Change<ZoneRow>>> history) {
        ZoneImage image = ZoneImage.EMPTY;
        for (List<Change<ZoneRow>> commit : history) {
            image = image.apply(commit);
        }
        return image;
    }

    /** The snapshot frame of a zone table, its rows in a frame's order: by owner, then by row. */
    public static FeedFrame.Snapshot<ZoneRow> snapshot(long revision, List<ZoneRow> rows) {
        return snapshot(TableType.ZONE, revision, rows);
    }

    /** The snapshot frame of a table, its rows in a frame's order: by owner, then by row. */
    public static <R extends Row> FeedFrame.Snapshot<R> snapshot(
            TableType<R, ?> type, long revision, List<R> rows) {
        List<R> sorted =
                rows.stream()
                        .sorted(
                                Comparator.<R, String>comparing(Row::owner)
                                        .thenComparing(type.order()))
                        .toList();
        return new FeedFrame.Snapshot<>(type.table(), revision, ImageDigest.of(type, rows), sorted);
    }
}
