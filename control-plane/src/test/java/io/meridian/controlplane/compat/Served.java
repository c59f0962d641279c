package io.meridian.controlplane.compat;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.dns.ServedZone;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Rdata;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.TableType;
import io.meridian.feed.master.SeenNode;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Makes zones and nodes for tests. */
final class Served {
    private Served() {}

    static ServedZone mesos(long serial, Collection<ZoneRow> rows) {
        return zone("mesos", 60, serial, rows);
    }

    static ServedZone zone(String origin, long ttl, long serial, Collection<ZoneRow> rows) {
        Rdata.Soa soa =
                new Rdata.Soa(
                        DnsName.literal("ns1." + origin),
                        DnsName.literal("root.ns1." + origin),
                        serial,
                        60,
                        600,
                        86_400,
                        60);
        ZoneImage image = ZoneImage.EMPTY.apply(rows.stream().map(Change::add).toList());
        return new ServedZone(origin, ttl, true, soa, image, ZoneImage.EMPTY);
    }

    static ServedZone awaited(ServedZone zone) {
        return new ServedZone(
                zone.origin(), zone.ttl(), false, zone.soa(), ZoneImage.EMPTY, zone.own());
    }

    /** Rows of zone mesos from lines {@code name type data}, all for one owner. */
    static List<ZoneRow> rows(String owner, String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(
                        line -> {
                            String[] parts = line.split(" +", 3);
                            return new ZoneRow(
                                    "mesos",
                                    parts[0],
                                    RecordType.valueOf(parts[1]),
                                    parts[2],
                                    owner);
                        })
                .toList();
    }

    /** Rows from the records in an answer of {@code /v1/axfr}. */
    static List<ZoneRow> rows(JsonNode axfr) {
        List<ZoneRow> rows = new ArrayList<>();
        for (RecordType type : List.of(RecordType.A, RecordType.AAAA, RecordType.SRV)) {
            axfr.path("Records")
                    .path(type + "s")
                    .properties()
                    .forEach(
                            name ->
                                    name.getValue()
                                            .forEach(
                                                    value ->
                                                            rows.add(
                                                                    row(
                                                                            name.getKey(),
                                                                            type,
                                                                            value.asText(),
                                                                            ""))));
        }
        return rows;
    }

    /**
     * @param name name with trailing dot
     * @param value an address or {@code target.:port}
     */
    static ZoneRow row(String name, RecordType type, String value, String owner) {
        int colon = value.lastIndexOf(':');
        String data =
                type == RecordType.SRV
                        ? "0 1 " + value.substring(colon + 1) + " " + value.substring(0, colon)
                        : value;
        return new ZoneRow("mesos", name.substring(0, name.length() - 1), type, data, owner);
    }

    /** A node whose data a test changes between requests. */
    static final class Node implements CompatData {
        volatile List<ServedZone> zones;
        volatile CurrentImage<VipRow, VipImage> vips = new CurrentImage<>(TableType.VIP);
        volatile List<SeenNode> nodes = List.of();

        Node(List<ServedZone> zones) {
            this.zones = zones;
        }

        void show(List<VipRow> rows) {
            vips =
                    CurrentImage.showing(
                            TableType.VIP,
                            VipImage.EMPTY.apply(rows.stream().map(Change::add).toList()),
                            1,
                            Instant.EPOCH);
        }

        @Override
        public List<ServedZone> servedZones() {
            return zones;
        }

        @Override
        public CurrentImage<VipRow, VipImage> vips() {
            return vips;
        }

        @Override
        public List<SeenNode> nodes() {
            return nodes;
        }
    }
}
