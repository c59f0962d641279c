package io.meridian.controlplane.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.domain.table.Change;
import io.meridian.domain.vip.Vip;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.DcosZone;
import io.meridian.domain.zone.L4lbZone;
import io.meridian.domain.zone.ReverseZones;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.FeedServer.SeenNode;
import io.meridian.feed.NodeStatus;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/** The API's JSON from the domain's records: sorted, stable, pure. */
final class ApiJson {
    private ApiJson() {}

    /** {@code GET /api/vips}. */
    static ArrayNode vips(VipImage image) {
        ArrayNode all = Json.array();
        for (Vip vip : image.vips()) {
            ObjectNode item = all.addObject();
            item.put("name", vip.key().name());
            ArrayNode dns = item.putArray("dns");
            if (vip.key().literal().isEmpty()) {
                dns.add(L4lbZone.dnsName(vip.key().name()));
            }
            item.put("protocol", vip.key().protocol().label());
            item.put("address", vip.address().toString());
            item.put("port", vip.key().port());
            ArrayNode backends = item.putArray("backends");
            for (Vip.Backend backend : vip.backends()) {
                backends.addObject()
                        .put("address", backend.endpoint().address().toString())
                        .put("port", backend.endpoint().port())
                        .put("weight", backend.weight())
                        .put("task", task(backend.task()))
                        .put("state", backend.state().label());
            }
        }
        return all;
    }

    /** {@code GET /api/zones}. */
    static ArrayNode zones(
            String mesosDomain,
            ZoneImage zones,
            long zoneRevision,
            VipImage vips,
            long vipRevision) {
        ArrayNode all = Json.array();
        SortedSet<String> origins = zones.zones();
        L4lbZone l4lbZone = L4lbZone.of(vips);
        origins.add(L4lbZone.ORIGIN);
        l4lbZone.reverse().forEach(row -> origins.add(row.zone()));
        origins.add(mesosDomain); // served even while it has no records
        for (String origin : origins) {
            boolean l4lb = origin.equals(L4lbZone.ORIGIN);
            all.addObject()
                    .put("zone", origin)
                    .put("records", records(origin, zones, l4lbZone).size())
                    .put("revision", l4lb ? vipRevision : zoneRevision);
        }
        return all;
    }

    /** The records of a zone; empty for one that does not exist. */
    static List<ZoneRecord> records(String origin, ZoneImage zones, VipImage vips) {
        return records(origin, zones, L4lbZone.of(vips));
    }

    private static List<ZoneRecord> records(String origin, ZoneImage zones, L4lbZone l4lb) {
        if (origin.equals(L4lbZone.ORIGIN)) {
            return l4lb.records();
        }
        List<ZoneRecord> records = new ArrayList<>(zones.records(origin));
        for (ZoneRow row : l4lb.reverse()) {
            if (row.zone().equals(origin)) {
                records.add(new ZoneRecord(row.name(), row.type(), row.data()));
            }
        }
        return records.stream().sorted().distinct().toList();
    }

    /** TTL of a zone's records, in seconds. */
    static long ttl(String origin, long mesosTtl) {
        if (ReverseZones.isOrigin(origin)) {
            return ReverseZones.TTL_SECONDS;
        }
        return switch (origin) {
            case L4lbZone.ORIGIN -> L4lbZone.TTL_SECONDS;
            case DcosZone.ORIGIN -> DcosZone.TTL_SECONDS;
            default -> mesosTtl;
        };
    }

    /** {@code GET /api/zones/{zone}/records}. */
    static ArrayNode records(List<ZoneRecord> records, long ttl) {
        ArrayNode all = Json.array();
        for (ZoneRecord record : records) {
            all.addObject()
                    .put("name", record.name() + ".")
                    .put("type", record.type().name())
                    .put("ttl", ttl)
                    .put("data", record.data());
        }
        return all;
    }

    /** {@code GET /api/nodes}. */
    static ArrayNode nodes(List<SeenNode> nodes) {
        ArrayNode all = Json.array();
        for (SeenNode seen : nodes) {
            NodeStatus node = seen.status();
            ObjectNode item = all.addObject();
            item.put("id", node.id());
            item.put("address", node.address());
            ArrayNode roles = item.putArray("roles");
            node.roles().stream().sorted().forEach(roles::add);
            item.putObject("revisions")
                    .put("zone", node.zoneRevision())
                    .put("vip", node.vipRevision());
            item.put("lag_seconds", node.lagSeconds());
            item.putObject("dataplane")
                    .put("kind", node.dataplane().kind())
                    .put("virtual_servers", node.dataplane().virtualServers())
                    .put("real_servers", node.dataplane().realServers())
                    .put("operations", node.dataplane().operations())
                    .put("failures", node.dataplane().failures())
                    .put("drift", node.dataplane().drift())
                    .put("detail", node.dataplane().detail());
            item.put("seen_at", seen.seenAt().toString());
        }
        return all;
    }

    /** One event of {@code GET /api/events}. */
    static ObjectNode zoneChanges(long revision, List<Change<ZoneRow>> changes) {
        ObjectNode event = Json.object().put("revision", revision);
        ArrayNode all = event.putArray("changes");
        for (Change<ZoneRow> change : changes) {
            ZoneRow row = change.row();
            all.addObject()
                    .put("op", op(change))
                    .put("zone", row.zone())
                    .put("name", row.name() + ".")
                    .put("type", row.type().name())
                    .put("data", row.data())
                    .put("owner", row.owner());
        }
        return event;
    }

    /** One event of {@code GET /api/events}. */
    static ObjectNode vipChanges(long revision, List<Change<VipRow>> changes) {
        ObjectNode event = Json.object().put("revision", revision);
        ArrayNode all = event.putArray("changes");
        for (Change<VipRow> change : changes) {
            ObjectNode item = all.addObject().put("op", op(change));
            switch (change.row()) {
                case VipRow.Address row ->
                        item.put("name", row.name()).put("address", row.address().toString());
                case VipRow.Backend row ->
                        item.put("vip", row.vip().toString())
                                .put("backend", row.endpoint().toString())
                                .put("state", row.state().label())
                                .put("weight", row.weight())
                                .put("task", task(row.owner()));
            }
        }
        return event;
    }

    private static String op(Change<?> change) {
        return change.added() ? "add" : "remove";
    }

    private static String task(String owner) {
        return io.meridian.domain.table.Owner.task(owner).value();
    }
}
