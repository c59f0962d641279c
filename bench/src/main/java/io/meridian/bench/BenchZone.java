package io.meridian.bench;

import io.meridian.domain.table.Change;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Generates a zone of services. Each service has a name with the addresses of its tasks, a
 * canonical name for each task, and an SRV name whose targets are the canonical names. One service
 * in ten has three tasks, the others have one.
 */
public final class BenchZone {
    private static final String ZONE = "mesos";
    private static final long SEED = 7;
    private static final int QUESTIONS = 100_000;

    private BenchZone() {}

    /**
     * Writes the zone as a file, and a query file for dnsperf.
     *
     * @param args output folder, number of owner names
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int names = Integer.parseInt(args[1]);
        List<ZoneRow> rows = rows(names);
        List<String> lines = new ArrayList<>();
        lines.add("$ORIGIN mesos.");
        lines.add("$TTL 60");
        lines.add("mesos. SOA ns1.mesos. root.ns1.mesos. 7 60 600 86400 60");
        lines.add("mesos. NS ns1.mesos.");
        lines.add("ns1.mesos. A 127.0.0.1");
        rows.forEach(row -> lines.add(row.name() + ". " + row.type() + " " + row.data()));
        Files.write(folder.resolve("mesos.zone"), lines);

        Random random = new Random(SEED);
        int services = services(names);
        List<String> a = new ArrayList<>();
        List<String> srv = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        List<String> mixedCase = new ArrayList<>();
        for (int i = 0; i < QUESTIONS; i++) {
            String app = "app-" + random.nextInt(services);
            a.add(app + ".marathon.mesos A");
            srv.add("_" + app + "._tcp.marathon.mesos SRV");
            unknown.add(app + "-gone.marathon.mesos A");
            mixedCase.add(mixed(app + ".marathon.mesos", random) + " A");
        }
        Files.write(folder.resolve("a"), a);
        Files.write(folder.resolve("srv"), srv);
        Files.write(folder.resolve("nxdomain"), unknown);
        Files.write(folder.resolve("mixed-case"), mixedCase);
    }

    private static String mixed(String name, Random random) {
        StringBuilder mixed = new StringBuilder(name);
        for (int i = 0; i < mixed.length(); i++) {
            if (random.nextBoolean()) {
                mixed.setCharAt(i, Character.toUpperCase(mixed.charAt(i)));
            }
        }
        return mixed.toString();
    }

    /**
     * @param names approximate number of owner names
     */
    static List<ZoneRow> rows(int names) {
        List<ZoneRow> rows = new ArrayList<>();
        for (int service = 0; service < services(names); service++) {
            int tasks = service % 10 == 0 ? 3 : 1;
            for (int task = 0; task < tasks; task++) {
                rows.addAll(task("app-" + service, service * 3 + task));
            }
        }
        return rows;
    }

    static List<Change<ZoneRow>> added(List<ZoneRow> rows) {
        return rows.stream().map(Change::add).toList();
    }

    private static int services(int names) {
        return Math.max(1, (int) (names / 3.2));
    }

    /** Records of one task. */
    static List<ZoneRow> task(String app, int number) {
        String address =
                "10." + (number >> 16 & 0xff) + "." + (number >> 8 & 0xff) + "." + (number & 0xff);
        String canonical =
                app + "-" + Integer.toString(number * 7919 + 1_000_000, 36) + "-s" + number % 50;
        String owner = "marathon:/" + app + " " + app + ".instance-" + number;
        return List.of(
                row(app + ".marathon.mesos", RecordType.A, address, owner),
                row(canonical + ".marathon.mesos", RecordType.A, address, owner),
                row(
                        "_" + app + "._tcp.marathon.mesos",
                        RecordType.SRV,
                        "0 1 " + (31000 + number % 1000) + " " + canonical + ".marathon.mesos.",
                        owner));
    }

    private static ZoneRow row(String name, RecordType type, String data, String owner) {
        return new ZoneRow(ZONE, name, type, data, owner);
    }
}
