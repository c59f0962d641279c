package io.meridian.controlplane.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.controlplane.json.JsonDocument;
import io.meridian.controlplane.json.JsonStyle;
import io.meridian.dns.ServedZone;
import io.meridian.domain.service.VipScheduler;
import io.meridian.domain.table.Change;
import io.meridian.domain.time.SteadyClock;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.Vip;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.L4lbZone;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.master.FeedServer.SeenNode;
import io.meridian.feed.wire.NodeStatus;
import io.meridian.ipvs.Proposal;
import io.meridian.ipvs.Statistics;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The API's JSON from the domain's records: sorted, stable, pure. */
final class ApiJson {
    private ApiJson() {}

    /**
     * {@code GET /api/vips}.
     *
     * @param reachability which agents this node holds for lost
     * @param dataPlane adds what this node's kernel has counted
     */
    static ArrayNode vips(
            VipImage image, Reachability reachability, Optional<DataPlane> dataPlane) {
        ArrayNode all = Json.array();
        List<Vip> vips = image.vips(reachability);
        VipProblems problems = new VipProblems(vips, dataPlane, SteadyClock.INSTANCE::wall);
        for (Vip vip : vips) {
            ObjectNode item = all.addObject();
            item.put("name", vip.key().name());
            ArrayNode dns = item.putArray("dns");
            if (vip.key().literal().isEmpty()) {
                dns.add(L4lbZone.dnsName(vip.key().name()));
            }
            item.put("protocol", vip.key().protocol().label());
            item.put("address", vip.address().toString());
            item.put("port", vip.key().port());
            ObjectNode options = item.putObject("options");
            options.put("scheduler", VipScheduler.DEFAULT.label());
            VipOptionsJson.put(options, vip.options());
            ArrayNode conflicts = item.putArray("conflicts");
            vip.conflicts().forEach(conflicts::add);
            problems.put(vip, item.putArray("problems"));
            dataPlane
                    .flatMap(plane -> plane.counted(vip))
                    .ifPresent(
                            counted ->
                                    statistics(
                                            item,
                                            counted.counters(),
                                            counted.active(),
                                            counted.inactive()));
            ArrayNode backends = item.putArray("backends");
            for (Vip.Backend backend : vip.backends()) {
                ObjectNode one = backends.addObject();
                one.put("address", backend.endpoint().address().toString())
                        .put("port", backend.endpoint().port())
                        .put("weight", backend.weight())
                        .put("task", task(backend.task()))
                        .put("state", backend.state().label());
                dataPlane
                        .flatMap(plane -> plane.counted(vip, backend))
                        .ifPresent(
                                counted ->
                                        statistics(
                                                one,
                                                counted.counters(),
                                                counted.active(),
                                                counted.inactive()));
            }
        }
        return all;
    }

    private static void statistics(
            ObjectNode item, Statistics.Counters counters, long active, long inactive) {
        item.putObject("statistics")
                .put("connections", counters.connections())
                .put("active", active)
                .put("inactive", inactive)
                .put("packets_in", counters.packetsIn())
                .put("packets_out", counters.packetsOut())
                .put("bytes_in", counters.bytesIn())
                .put("bytes_out", counters.bytesOut());
    }

    /** {@code GET /api/vips/plan}. */
    static ObjectNode plan(Proposal proposal) {
        ObjectNode plan = Json.object().put("compared_with", proposal.source());
        ArrayNode changes = plan.putArray("changes");
        for (Proposal.Change change : proposal.changes()) {
            String operation = change.operation().toString();
            int colon = operation.indexOf(':');
            changes.addObject()
                    .put("stage", change.stage())
                    .put("operation", colon < 0 ? operation : operation.substring(0, colon))
                    .put("row", colon < 0 ? "" : operation.substring(colon + 1).strip())
                    .put("why", change.why());
        }
        ArrayNode held = plan.putArray("held");
        proposal.held()
                .forEach(row -> held.addObject().put("row", row.row()).put("why", row.why()));
        return plan;
    }

    /** {@code GET /api/zones}. */
    static ArrayNode zones(List<ServedZone> zones) {
        ArrayNode all = Json.array();
        for (ServedZone zone : zones) {
            all.addObject()
                    .put("zone", zone.origin())
                    .put("records", shared(zone).count())
                    .put(
                            "revision",
                            zone.complete() ? zone.soa().serial() : Provenance.NO_REVISION);
        }
        return all;
    }

    /** {@code GET /api/zones/{zone}/records}. */
    static JsonDocument records(ServedZone zone) {
        return JsonDocument.array(
                JsonStyle.INDENTED,
                () -> shared(zone),
                (out, record) -> {
                    out.writeStartObject();
                    out.writeStringField("name", record.name() + ".");
                    out.writeStringField("type", record.type().name());
                    out.writeNumberField("ttl", zone.ttl());
                    out.writeStringField("data", record.data());
                    out.writeEndObject();
                });
    }

    /**
     * Without the addresses of the zone's name server, where they are all that this server adds:
     * they are its own, so that each node would show other ones.
     */
    private static Stream<ZoneRecord> shared(ServedZone zone) {
        String server = zone.soa().server().key();
        boolean addsItselfOnly = zone.own().names(zone.origin()).equals(List.of(server));
        return addsItselfOnly
                ? zone.records().filter(record -> !record.name().equals(server))
                : zone.records();
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
            item.put("seen_at", SteadyClock.INSTANCE.wall(seen.seenAt()).toString());
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
