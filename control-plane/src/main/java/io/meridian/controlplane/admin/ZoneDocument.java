package io.meridian.controlplane.admin;

import io.meridian.controlplane.json.JsonDocument;
import io.meridian.controlplane.json.JsonStyle;
import io.meridian.dns.ServedZone;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.feed.Provenance;

import java.util.List;
import java.util.stream.Stream;

/**
 * One element of {@code GET /api/zones}.
 *
 * @param revision -1 before the first image
 */
record ZoneDocument(String zone, long records, long revision) {
    static List<ZoneDocument> all(List<ServedZone> zones) {
        return zones.stream().map(ZoneDocument::of).toList();
    }

    private static ZoneDocument of(ServedZone zone) {
        long revision = zone.complete() ? zone.soa().serial() : Provenance.NO_REVISION;
        return new ZoneDocument(zone.origin(), shared(zone).count(), revision);
    }

    /** {@code GET /api/zones/{zone}/records}; streamed, because a zone may have 100,000s. */
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
     * Leaves out the addresses of the zone's name server if this server adds nothing else: they are
     * the server's own, so every node would show others.
     */
    private static Stream<ZoneRecord> shared(ServedZone zone) {
        String server = zone.soa().server().key();
        boolean addsItselfOnly = zone.own().names(zone.origin()).equals(List.of(server));
        return addsItselfOnly
                ? zone.records().filter(record -> !record.name().equals(server))
                : zone.records();
    }
}
