package io.meridian.dns;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;

import io.meridian.domain.table.Change;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Records of a Mesos-DNS, recorded from its {@code /v1/axfr}.
 *
 * @param domain domain that replaces the recorded one
 */
record RecordedState(String domain, long ttl, List<Change<ZoneRow>> rows, ZoneImage image) {
    static RecordedState read(Path file, String domain, long ttl) {
        Map<String, Object> all =
                ConfigFactory.parseFile(
                                file.toFile(),
                                ConfigParseOptions.defaults()
                                        .setSyntax(ConfigSyntax.JSON)
                                        .setAllowMissing(false))
                        .root()
                        .unwrapped();
        Map<?, ?> records = (Map<?, ?>) Objects.requireNonNull(all.get("Records"));
        List<Change<ZoneRow>> rows = new ArrayList<>();
        read(records, "As", RecordType.A, domain, rows);
        read(records, "AAAAs", RecordType.AAAA, domain, rows);
        read(records, "SRVs", RecordType.SRV, domain, rows);
        return new RecordedState(domain, ttl, rows, ZoneImage.EMPTY.apply(rows));
    }

    private static void read(
            Map<?, ?> records,
            String key,
            RecordType type,
            String domain,
            List<Change<ZoneRow>> rows) {
        ((Map<?, ?>) Objects.requireNonNull(records.get(key)))
                .forEach(
                        (name, values) -> {
                            for (Object value : (List<?>) values) {
                                rows.add(
                                        Change.add(
                                                new ZoneRow(
                                                        domain,
                                                        in(domain, withoutDot(name.toString())),
                                                        type,
                                                        type == RecordType.SRV
                                                                ? srv(domain, value.toString())
                                                                : value.toString(),
                                                        "")));
                            }
                        });
    }

    private static String srv(String domain, String value) {
        int colon = value.lastIndexOf(':');
        String target = withoutDot(value.substring(0, colon));
        return "0 1 " + value.substring(colon + 1) + " " + in(domain, target) + ".";
    }

    private static String in(String domain, String name) {
        return name.replaceFirst("mesos$", domain);
    }

    private static String withoutDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** Records of a name and type, as {@link DigReply} writes them; all types for ANY. */
    List<String> records(String owner, String name, String type) {
        return image.records(domain, name).stream()
                .filter(record -> type.equals("ANY") || record.type().name().equals(type))
                .map(record -> owner + " " + ttl + " " + record.type() + " " + record.data())
                .toList();
    }

    /** Addresses of the targets of the name's SRV records. */
    List<String> targets(String name) {
        return image.records(domain, name).stream()
                .filter(record -> record.type() == RecordType.SRV)
                .map(record -> withoutDot(record.data().split(" ")[3]))
                .distinct()
                .flatMap(
                        target ->
                                image.records(domain, target).stream()
                                        .filter(record -> record.type() != RecordType.SRV)
                                        .map(
                                                record ->
                                                        target
                                                                + ". "
                                                                + ttl
                                                                + " "
                                                                + record.type()
                                                                + " "
                                                                + record.data()))
                .toList();
    }
}
