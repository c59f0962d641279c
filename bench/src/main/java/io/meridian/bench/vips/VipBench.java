package io.meridian.bench.vips;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.bench.AddressQuery;
import io.meridian.bench.NodeProcess;
import io.meridian.bench.Quantiles;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Measures one node against a {@link ChurnedMarathon}: times to the first listing and to readiness,
 * VIPs and names without an address, times from a task's start to DNS, and memory.
 */
final class VipBench {
    /** Apps changed less than this before readiness do not count: they may have no task then. */
    private static final Duration SETTLED = Duration.ofSeconds(10);

    /** A name that has no address by then is late. */
    private static final Duration CHANGE = Duration.ofSeconds(30);

    private static final Duration ALL_CHANGES = Duration.ofMinutes(4);
    private static final Duration ALL_NAMES = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** The default of {@code meridian.vip.range}. */
    private static final String VIP_RANGE = "11.";

    private final ChurnedMarathon marathon;
    private final NodeProcess node;
    private final AddressQuery dns;

    private VipBench(ChurnedMarathon marathon, NodeProcess node, AddressQuery dns) {
        this.marathon = marathon;
        this.node = node;
        this.dns = dns;
    }

    /**
     * @param args {@code DIRECTORY APPS CHANGES LAUNCHER}
     */
    public static void main(String[] args) throws Exception {
        int apps = Integer.parseInt(args[1]);
        try (ChurnedMarathon marathon = new ChurnedMarathon(apps)) {
            marathon.startChurn();
            String source = "marathon.urls = [\"%s\"]".formatted(marathon.url());
            try (NodeProcess node = NodeProcess.start(Path.of(args[0]), args[3], source);
                    AddressQuery dns = new AddressQuery(node.dnsPort())) {
                new VipBench(marathon, node, dns).run(apps, Integer.parseInt(args[2]));
            }
        }
    }

    private void run(int apps, int changes) throws Exception {
        long listed = node.await("first listing read", () -> listings() > 0);
        long ready = node.await("ready", node::isReady); // each request costs the node some time
        progress("ready");
        Missing atReady = missing(ready);
        System.out.println("at readiness: " + atReady);
        Changes measured = changes(changes);
        System.out.println("at the end: " + missing(System.nanoTime()));
        progress("end");
        if (!marathon.churns()) {
            throw new IllegalStateException("the churn has ended before the bench");
        }
        System.out.println(row(apps, listed, ready, atReady, measured));
    }

    private void progress(String when) throws Exception {
        System.out.printf(
                "%s: seconds=%.1f changes-by-churn=%d kills-without-task=%d listings=%d ready=%s%n",
                when,
                seconds(node.started(), System.nanoTime()),
                marathon.changes(),
                marathon.refusals(),
                listings(),
                node.isReady());
    }

    /** Returns the number of complete listings that the node has read; 0 also if it is not up. */
    private long listings() throws InterruptedException {
        try {
            return new String(node.get("/metrics"), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("meridian_marathon_listings_total"))
                    .mapToLong(line -> (long) Double.parseDouble(line.replaceAll(".* ", "")))
                    .sum();
        } catch (IOException notYet) {
            return 0;
        }
    }

    /**
     * Settled apps of which the node does not serve all.
     *
     * @param settled number of apps that were not changed shortly before
     * @param vips number of them whose VIP is not in {@code /api/vips} with an address of the range
     * @param vipNames number of them whose VIP name has no address in DNS
     * @param names number of them whose own name has no address in DNS
     * @param shared number of VIPs whose address another VIP of the list has too
     * @param some up to five of those apps
     */
    private record Missing(
            int settled, int vips, int vipNames, int names, int shared, List<String> some) {}

    private Missing missing(long now) throws Exception {
        long since = now - SETTLED.toNanos();
        List<String> asked = marathon.names();
        Set<String> served = new HashSet<>();
        int shared = vips(served);
        List<String> noVip = without(asked, served::contains);
        List<String> noVipName = without(asked, name -> dns.addresses(vipName(name)) > 0);
        List<String> noName = without(asked, name -> dns.addresses(appName(name)) > 0);
        // Apps that were changed meanwhile drop out here.
        List<List<String>> all =
                List.of(noVip, noVipName, noName).stream()
                        .map(names -> settled(names, since))
                        .toList();
        return new Missing(
                settled(asked, since).size(),
                all.get(0).size(),
                all.get(1).size(),
                all.get(2).size(),
                shared,
                all.stream().flatMap(List::stream).distinct().limit(5).toList());
    }

    private List<String> settled(List<String> names, long since) {
        return names.stream().filter(name -> marathon.unchangedSince(name, since)).toList();
    }

    @FunctionalInterface
    private interface NameTest {
        boolean test(String name) throws IOException;
    }

    private static List<String> without(List<String> names, NameTest isServed) throws IOException {
        long deadline = System.nanoTime() + ALL_NAMES.toNanos();
        List<String> missing = new ArrayList<>();
        for (String name : names) {
            if (System.nanoTime() > deadline) {
                throw new IOException("asking all names takes more than " + ALL_NAMES);
            }
            if (!isServed.test(name)) {
                missing.add(name);
            }
        }
        return missing;
    }

    /**
     * Reads {@code /api/vips}.
     *
     * @param served gets the apps whose VIP has an address of the range
     * @return how many VIPs have an address that another one has
     */
    private int vips(Set<String> served) throws IOException, InterruptedException {
        long began = System.nanoTime();
        JsonNode vips = new ObjectMapper().readTree(node.get("/api/vips"));
        System.out.printf(
                "/api/vips: vips=%d seconds=%.1f%n",
                vips.size(), seconds(began, System.nanoTime()));
        Set<String> addresses = new HashSet<>();
        int shared = 0;
        for (JsonNode vip : vips) {
            String address = vip.path("address").asText();
            shared += addresses.add(address) ? 0 : 1;
            if (address.startsWith(VIP_RANGE)) {
                served.add(vip.path("dns").path(0).asText().replaceFirst("\\..*", ""));
            }
        }
        return shared;
    }

    private static String appName(String app) {
        return app + ".marathon.mesos";
    }

    private static String vipName(String app) {
        return app + ".marathon.l4lb.thisdcos.directory";
    }

    /**
     * Times from the first TASK_RUNNING of a new app to the first answer with an address, in ms.
     *
     * @param late number of apps that had no answer in 30 s
     */
    private record Changes(Quantiles names, Quantiles vipNames, int late) {}

    private Changes changes(int count) throws Exception {
        List<Double> names = new ArrayList<>();
        List<Double> vipNames = new ArrayList<>();
        int late = 0;
        long deadline = System.nanoTime() + ALL_CHANGES.toNanos();
        for (int i = 0; i < count && System.nanoTime() < deadline; i++) {
            String app = "measured-" + i;
            marathon.deploy(app);
            long name = 0;
            long vipName = 0;
            long patience = System.nanoTime() + CHANGE.toNanos();
            while ((name == 0 || vipName == 0) && System.nanoTime() < patience) {
                Thread.sleep(1);
                name = name == 0 ? answered(appName(app)) : name;
                vipName = vipName == 0 ? answered(vipName(app)) : vipName;
            }
            if (name == 0 || vipName == 0) {
                late++;
                System.out.printf("late: app=%s name=%b vip=%b%n", app, name != 0, vipName != 0);
            }
            long ran = marathon.firstRunAt(app).orElse(patience - CHANGE.toNanos());
            names.add(millis(ran, name == 0 ? patience : name));
            vipNames.add(millis(ran, vipName == 0 ? patience : vipName));
            Thread.sleep(PAUSE);
        }
        System.out.println("changes measured: " + names.size());
        return new Changes(quantiles(names), quantiles(vipNames), late);
    }

    /** Returns the time of the answer, or 0 if it has no address. */
    private long answered(String name) throws IOException {
        return dns.addresses(name) > 0 ? System.nanoTime() : 0;
    }

    private static Quantiles quantiles(List<Double> millis) {
        return new Quantiles(millis.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private String row(int apps, long listed, long ready, Missing missing, Changes changes)
            throws IOException {
        NodeProcess.Memory memory = node.memory();
        return """
        | apps | start to first listing | first listing to ready | VIPs without address | names without address | \
        task's start to DNS, name | task's start to DNS, VIP name | late | resident, node (peak) | database |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
        | %d | %.1f s | %.1f s | %d | %d | %s | %s | %d | %d MB (%d MB) | %d MB |\
        """
                .formatted(
                        apps,
                        seconds(node.started(), listed),
                        seconds(listed, ready),
                        missing.vips(),
                        missing.names() + missing.vipNames(),
                        text(changes.names()),
                        text(changes.vipNames()),
                        changes.late(),
                        memory.node(),
                        memory.nodePeak(),
                        memory.database());
    }

    private static String text(Quantiles times) {
        return "p50 %.0f ms, p90 %.0f ms, p99 %.0f ms"
                .formatted(times.at(0.5), times.at(0.9), times.at(0.99));
    }

    private static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }

    private static double millis(long from, long to) {
        return (to - from) / 1e6;
    }
}
