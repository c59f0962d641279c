package io.meridian.controlplane.compat;

import com.fasterxml.jackson.core.JsonGenerator;

import io.meridian.controlplane.json.JsonDocument;
import io.meridian.controlplane.json.JsonStyle;
import io.meridian.dns.ServedZone;
import io.meridian.domain.net.Endpoint;
import io.meridian.domain.time.SteadyClock;
import io.meridian.domain.vip.Vip;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.zone.L4lbZone;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.feed.master.SeenNode;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Makes dcos-net's answers from this node's zones and VIPs (specs: dcos-net 4.5): one line, keys in
 * alphabetical order, names without trailing dot, lists sorted.
 */
final class DcosNetDocuments {
    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private DcosNetDocuments() {}

    /** {@code /v1/version}. */
    static JsonDocument version(String version) {
        return JsonDocument.of(
                JsonStyle.COMPACT,
                out -> {
                    out.writeStartObject();
                    out.writeStringField("Service", "dcos-dns");
                    out.writeStringField("Version", version);
                    out.writeEndObject();
                });
    }

    /** {@code /v1/vips}: every backend in any state, of both address families. */
    static JsonDocument vips(VipImage image) {
        SortedMap<VipKey, SortedSet<Endpoint>> vips = new TreeMap<>();
        for (Vip vip : image.vips()) {
            SortedSet<Endpoint> backends = vips.computeIfAbsent(vip.key(), _ -> new TreeSet<>());
            vip.backends().forEach(backend -> backends.add(backend.endpoint()));
        }
        return JsonDocument.array(
                JsonStyle.COMPACT, () -> vips.entrySet().stream(), DcosNetDocuments::vip);
    }

    private static void vip(JsonGenerator out, Map.Entry<VipKey, SortedSet<Endpoint>> vip)
            throws IOException {
        VipKey key = vip.getKey();
        String name = key.literal().isPresent() ? key.name() : L4lbZone.dnsName(key.name());
        out.writeStartObject();
        out.writeArrayFieldStart("backend");
        for (Endpoint backend : vip.getValue()) {
            out.writeStartObject();
            out.writeStringField("ip", backend.address().toString());
            out.writeNumberField("port", backend.port());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeStringField("protocol", key.protocol().label());
        out.writeStringField("vip", name + ":" + key.port());
        out.writeEndObject();
    }

    /**
     * {@code /v1/nodes}; {@code public_ips} is empty, because nodes do not detect public addresses.
     */
    static JsonDocument nodes(List<SeenNode> nodes) {
        return JsonDocument.array(JsonStyle.COMPACT, nodes::stream, DcosNetDocuments::node);
    }

    private static void node(JsonGenerator out, SeenNode node) throws IOException {
        out.writeStartObject();
        out.writeStringField("hostname", node.status().id());
        out.writeStringField("private_ip", node.status().address());
        out.writeArrayFieldStart("public_ips");
        out.writeEndArray();
        out.writeStringField("updated", text(SteadyClock.INSTANCE.wall(node.seenAt())));
        out.writeEndObject();
    }

    static String text(Instant time) {
        return MILLISECONDS.format(time);
    }

    /** {@code /v1/records}: addresses and SRV records of all zones. */
    static JsonDocument records(List<ServedZone> zones) {
        return JsonDocument.array(
                JsonStyle.COMPACT_LINES,
                () ->
                        zones.stream()
                                .map(ServedZone::records)
                                .reduce(Stream.empty(), Stream::concat)
                                .filter(DcosNetDocuments::isListed),
                DcosNetDocuments::record);
    }

    private static boolean isListed(ZoneRecord record) {
        return switch (record.type()) {
            case A, AAAA -> true;
            case SRV -> SrvData.of(record).isPresent();
            case CNAME, PTR, TXT -> false;
        };
    }

    private static void record(JsonGenerator out, ZoneRecord record) throws IOException {
        String host =
                SrvData.of(record)
                        .map(srv -> srv.target() + ":" + srv.port())
                        .orElse(record.data());
        out.writeStartObject();
        out.writeStringField("host", host);
        out.writeStringField("name", record.name());
        out.writeStringField("rtype", record.type().name());
        out.writeEndObject();
    }

    /** {@code /v1/hosts/{name}}: IPv4 addresses, CNAMEs followed; empty for an unknown name. */
    static JsonDocument hosts(List<ServedZone> zones, String asked) {
        List<ZoneRecord> found = addresses(zones, key(asked));
        return JsonDocument.array(
                JsonStyle.COMPACT,
                found::stream,
                (out, record) -> {
                    out.writeStartObject();
                    out.writeStringField("host", record.name());
                    out.writeStringField("ip", record.data());
                    out.writeEndObject();
                });
    }

    /** {@code /v1/services/{srv}}: each target with its first IPv4 address, if it has one. */
    static JsonDocument services(List<ServedZone> zones, String asked) {
        String name = key(asked);
        List<SrvData> found =
                records(zones, name).stream()
                        .flatMap(record -> SrvData.of(record).stream())
                        .sorted()
                        .toList();
        return JsonDocument.array(
                JsonStyle.COMPACT,
                found::stream,
                (out, srv) -> {
                    Optional<String> address =
                            addresses(zones, srv.target()).stream()
                                    .map(ZoneRecord::data)
                                    .findFirst();
                    out.writeStartObject();
                    out.writeStringField("host", srv.target());
                    if (address.isPresent()) {
                        out.writeStringField("ip", address.get());
                    }
                    out.writeNumberField("port", srv.port());
                    out.writeStringField("service", name);
                    out.writeEndObject();
                });
    }

    /** The zone with the longest origin that a name is at or below. */
    static Optional<ServedZone> zoneOf(List<ServedZone> zones, String asked) {
        String name = key(asked);
        return zones.stream()
                .filter(zone -> ZoneImage.inZone(name, zone.origin()))
                .max(Comparator.comparing(zone -> zone.origin().length()));
    }

    private static List<ZoneRecord> addresses(List<ServedZone> zones, String name) {
        Set<String> seen = new HashSet<>();
        Optional<String> next = Optional.of(name);
        while (next.isPresent() && seen.add(next.get())) {
            List<ZoneRecord> records = records(zones, next.get());
            List<ZoneRecord> found =
                    records.stream().filter(record -> record.type() == RecordType.A).toList();
            if (!found.isEmpty()) {
                return found;
            }
            next =
                    records.stream()
                            .filter(record -> record.type() == RecordType.CNAME)
                            .map(record -> key(record.data()))
                            .findFirst();
        }
        return List.of();
    }

    private static List<ZoneRecord> records(List<ServedZone> zones, String name) {
        return zoneOf(zones, name).map(zone -> zone.records(name)).orElse(List.of());
    }

    private static String key(String asked) {
        String name = asked.toLowerCase(Locale.ROOT);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
