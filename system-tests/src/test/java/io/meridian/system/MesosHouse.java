package io.meridian.system;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.controlplane.node.RunningNode;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One node that follows Mesos masters, with a short wait after a failover. */
final class MesosHouse implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);
    static final String MESOS = "mesos";
    static final String DCOS = "dcos.thisdcos.directory";

    private final RunningNode node;
    private final NodeApi api;

    private MesosHouse(RunningNode node) {
        this.node = node;
        this.api = new NodeApi(node.httpAddress().getPort());
    }

    static MesosHouse start(Path state, List<URI> masters, Map<String, String> more) {
        return start(state, masters, List.of(), more);
    }

    /** Starts a node; returns before it is ready. */
    static MesosHouse start(
            Path state, List<URI> masters, List<URI> marathons, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>();
        settings.put(
                "meridian.sources.mesos.urls",
                masters.stream().map(URI::toString).collect(Collectors.joining(",")));
        settings.put("meridian.sources.mesos.backoff.min", "100ms");
        settings.put("meridian.sources.mesos.backoff.max", "500ms");
        settings.put("meridian.sources.mesos.failover.quiet-period", "500ms");
        settings.put("meridian.sources.mesos.failover.reregister-timeout", "2s");
        settings.put("meridian.ingest.absence.missing-after-gap", "1s");
        settings.put("meridian.ingest.absence.missing-while-attached", "2s");
        settings.putAll(more);
        return new MesosHouse(Nodes.start(state, marathons, settings));
    }

    MesosHouse awaitReady() throws InterruptedException {
        Waiting.until("ready", LIMIT, api::isReady);
        return this;
    }

    NodeApi api() {
        return api;
    }

    int dnsPort() {
        return node.dnsAddresses().getFirst().getPort();
    }

    DnsClient dns() throws Exception {
        return new DnsClient(dnsPort());
    }

    /**
     * {@code name type data} of a zone without Meridian's own additions: TXT records of tasks, and
     * names of agents that are known by an address only.
     */
    SortedSet<String> records(String zone) throws Exception {
        HttpResponse<String> answer = api.get("/api/zones/" + zone + "/records");
        SortedSet<String> records = new TreeSet<>();
        if (answer.statusCode() == 404) {
            return records;
        }
        for (JsonNode record : NodeApi.JSON.readTree(answer.body())) {
            String name = record.path("name").asText();
            String type = record.path("type").asText();
            boolean ours =
                    type.equals("TXT") || name.matches("[a-z0-9-]*-s?\\d+\\.slave\\.mesos\\.");
            if (!ours) {
                records.add(name + " " + type + " " + record.path("data").asText());
            }
        }
        return records;
    }

    /** Records of the Mesos domain without those of masters and of the name server. */
    SortedSet<String> mesosRecords() throws Exception {
        SortedSet<String> records = records(MESOS);
        records.removeIf(
                record ->
                        record.matches(
                                "(master\\d*|leader|ns1|_leader\\._(tcp|udp))\\.mesos\\. .*"));
        return records;
    }

    /** Records of DC/OS's zone without those of masters. */
    SortedSet<String> dcosRecords() throws Exception {
        SortedSet<String> records = records(DCOS);
        records.removeIf(record -> record.matches("(master|leader)\\.dcos\\..*"));
        return records;
    }

    /** A master's {@code /master/state}. */
    static JsonNode state(URI master) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return NodeApi.JSON.readTree(
                    http.send(
                                    HttpRequest.newBuilder(master.resolve("/master/state")).build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body());
        }
    }

    /** Waits until zones and backends equal the oracle's; fails with the differences. */
    void awaitAgreement(String when, MesosOracle oracle) throws Exception {
        SortedSet<String> mesos = new TreeSet<>(oracle.cluster());
        mesos.addAll(oracle.tasks());
        Tables expected = new Tables(new TreeSet<>(mesos), oracle.backends());
        expected.records().addAll(oracle.dcos());
        StringBuilder last = new StringBuilder();
        try {
            Waiting.until(
                    when,
                    LIMIT,
                    () -> {
                        Tables seen = new Tables(mesosRecords(), api.tables().backends());
                        seen.records().addAll(dcosRecords());
                        SortedSet<String> missing = new TreeSet<>(expected.lines());
                        missing.removeAll(seen.lines());
                        SortedSet<String> tooMuch = new TreeSet<>(seen.lines());
                        tooMuch.removeAll(expected.lines());
                        last.setLength(0);
                        missing.forEach(line -> last.append("\n  missing ").append(line));
                        tooMuch.forEach(line -> last.append("\n unexpected ").append(line));
                        return last.isEmpty();
                    });
        } catch (AssertionError late) {
            throw new AssertionError(when + last, late);
        }
    }

    @Override
    public void close() {
        node.close();
    }
}
