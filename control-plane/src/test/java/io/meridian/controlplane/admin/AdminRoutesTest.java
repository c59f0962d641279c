package io.meridian.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.actors.vip.VipPoolEntity;
import io.meridian.controlplane.cli.NodesCommand;
import io.meridian.controlplane.cli.ServicesCommand;
import io.meridian.controlplane.cli.TraceCommand;
import io.meridian.controlplane.cli.VipsCommand;
import io.meridian.controlplane.cli.ZonesCommand;
import io.meridian.controlplane.http.HostNames;
import io.meridian.dns.ServedZone;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Rdata;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.ipvs.Statistics;
import io.meridian.projections.ServiceQueries;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import picocli.CommandLine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** The contract's routes over real HTTP, on a node whose tables the test sets. */
@Isolated("commands print to System.out, as everybody else does")
class AdminRoutesTest {
    private static final ActorTestKit KIT = ActorTestKit.create("akka.actor.provider = local");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ExampleNode NODE = new ExampleNode();
    private static ServerBinding binding;

    @BeforeAll
    static void start() throws Exception {
        Metrics metrics = new Metrics(NODE, Optional.empty(), Optional.empty(), Optional.empty());
        binding =
                Http.get(KIT.system())
                        .newServerAt("127.0.0.1", 0)
                        .bind(
                                new AdminRoutes(
                                                NODE,
                                                metrics,
                                                new HostNames(List.of("node-1")),
                                                new EventHub(KIT.system(), 2))
                                        .routes())
                        .toCompletableFuture()
                        .get();
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void vipsHaveExactlyTheContractsFields() throws Exception {
        assertThat(json("/api/vips"))
                .isEqualTo(
                        JSON.readTree(
                                """
                                [{"name": "web.marathon", "dns": ["web.marathon.l4lb.thisdcos.directory"], "protocol": "tcp",
                                  "address": "11.0.0.1", "port": 80,
                                  "options": {"scheduler": "mh", "drain_seconds": 60}, "conflicts": [],
                                  "problems": [{"kind": "draining", "backends": ["10.0.0.2:31000/tcp"],
                                    "message": "task is stopping or unhealthy: no new connections"}],
                                  "backends": [
                                    {"address": "10.0.0.1", "port": 31000, "weight": 1, "task": "one", "state": "serving"},
                                    {"address": "10.0.0.2", "port": 31000, "weight": 0, "task": "two", "state": "draining"}]}]
                                """));
    }

    @Test
    void vipsAndBackendsHaveTheKernelsCounters() throws Exception {
        NODE.dataPlane.counted =
                ExampleDataPlane.connected(
                        Map.of(ExampleDataPlane.ONE, 7L, ExampleDataPlane.TWO, 1L));
        JsonNode vip = json("/api/vips").get(0);
        String metrics = get("/metrics").body();
        NODE.dataPlane.counted = Statistics.NONE;

        assertThat(vip.path("statistics"))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"connections": 8, "active": 8, "inactive": 10, "packets_in": 16, "packets_out": 24, "bytes_in": 32,
                                 "bytes_out": 40}
                                """));
        assertThat(vip.path("backends").get(0).path("statistics"))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"connections": 7, "active": 7, "inactive": 8, "packets_in": 14, "packets_out": 21, "bytes_in": 28,
                                 "bytes_out": 35}
                                """));
        assertThat(metrics.lines())
                .contains(
                        "meridian_vip_open_connections{state=\"active\",vip=\"web.marathon:80/tcp\"}"
                            + " 8.0",
                        "meridian_vip_connections_total{vip=\"web.marathon:80/tcp\"} 8.0",
                        "meridian_vip_packets_total{direction=\"out\",vip=\"web.marathon:80/tcp\"}"
                                + " 24.0",
                        "meridian_vip_bytes_total{direction=\"in\",vip=\"web.marathon:80/tcp\"}"
                                + " 32.0",
                        "meridian_vip_backend_open_connections{backend=\"10.0.0.1:31000/tcp\",state=\"inactive\",vip=\"web.marathon:80/tcp\"}"
                            + " 8.0",
                        "meridian_vip_backend_connections_total{backend=\"10.0.0.2:31000/tcp\",vip=\"web.marathon:80/tcp\"}"
                            + " 1.0",
                        "meridian_ipvs_drains 3.0",
                        "meridian_ipvs_refusals_total{errno=\"ENOMEM\"} 2.0",
                        "meridian_ipvs_last_round_timestamp_seconds 1000.0",
                        "meridian_ipvs_last_round_seconds 0.25");
    }

    @Test
    void vipsAreListedWithTheirProblemsBelow() throws Exception {
        assertThat(printed("vips"))
                .isEqualTo(
                        """
                        name protocol address port backend weight state task
                        web.marathon tcp 11.0.0.1 80 10.0.0.1:31000 1 serving one
                        web.marathon tcp 11.0.0.1 80 10.0.0.2:31000 0 draining two

                        web.marathon:80/tcp at 11.0.0.1: task is stopping or unhealthy: no new connections backends=10.0.0.2:31000/tcp
                        """);
    }

    @Test
    void vipsAndBackendsAboveTheLimitHaveNoSeriesOfTheirOwn() {
        ExampleNode node = new ExampleNode();
        node.dataPlane.counted = ExampleDataPlane.connected(Map.of(ExampleDataPlane.ONE, 7L));
        node.dataPlane.limits = "meridian.dataplane.metrics { vips = 0, backends = 0 }";

        String text =
                new String(
                        new Metrics(node, Optional.empty(), Optional.empty(), Optional.empty())
                                .text(),
                        StandardCharsets.UTF_8);

        assertThat(text.lines().filter(line -> line.startsWith("meridian_vip_")))
                .contains("meridian_vip_connections_total{vip=\"other\"} 7.0")
                .noneMatch(line -> line.contains("web.marathon") || line.contains("backend"));
    }

    @Test
    void thePlanListsOperationsWithReasons() throws Exception {
        assertThat(json("/api/vips/plan"))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"compared_with": "an example", "changes": [
                                   {"stage": "build", "operation": "raise interface", "row": "", "why": "the interface is missing"},
                                   {"stage": "build", "operation": "add virtual server", "row": "vs=11.0.0.1:80/tcp scheduler=wlc",
                                    "why": "a VIP asks for it"}],
                                 "held": [{"row": "vip=10.9.0.1", "why": "another program balances it"}]}
                                """));
        assertThat(printed("vips", "--plan"))
                .isEqualTo(
                        """
                        compared with an example
                        stage operation row why
                        build raise interface the interface is missing
                        build add virtual server vs=11.0.0.1:80/tcp scheduler=wlc a VIP asks for it
                        held none vip=10.9.0.1 another program balances it
                        """);
    }

    @Test
    void recordsAreInZoneFileText() throws Exception {
        assertThat(json("/api/zones/mesos/records"))
                .isEqualTo(
                        JSON.readTree(
                                """
                                [{"name": "_web._tcp.marathon.mesos.", "type": "SRV", "ttl": 60, "data": "0 1 31000 web-x.marathon.mesos."},
                                 {"name": "web.marathon.mesos.", "type": "A", "ttl": 60, "data": "10.0.0.1"}]
                                """));
        assertThat(json("/api/zones/l4lb.thisdcos.directory/records"))
                .isEqualTo(
                        JSON.readTree(
                                """
                                [{"name": "web.marathon.l4lb.thisdcos.directory.", "type": "A", "ttl": 5, "data": "11.0.0.1"}]
                                """));
        assertThat(json("/api/zones/in-addr.arpa/records"))
                .isEqualTo(
                        JSON.readTree(
                                """
                                [{"name": "1.0.0.10.in-addr.arpa.", "type": "PTR", "ttl": 5, "data": "node.example.org."},
                                 {"name": "1.0.0.11.in-addr.arpa.", "type": "PTR", "ttl": 5, "data": "web.marathon.l4lb.thisdcos.directory."}]
                                """));
        assertThat(json("/api/zones/dcos.thisdcos.directory/records"))
                .isEqualTo(
                        JSON.readTree(
                                """
                                [{"name": "web.marathon.agentip.dcos.thisdcos.directory.", "type": "A", "ttl": 5, "data": "10.0.0.1"}]
                                """));
    }

    @Test
    void zonesAreListedWithTheirRevisions() throws Exception {
        assertThat(json("/api/zones"))
                .isEqualTo(
                        JSON.readTree(
                                """
                                [{"zone": "dcos.thisdcos.directory", "records": 1, "revision": 7},
                                 {"zone": "in-addr.arpa", "records": 2, "revision": 11},
                                 {"zone": "ip6.arpa", "records": 0, "revision": 11},
                                 {"zone": "l4lb.thisdcos.directory", "records": 1, "revision": 4},
                                 {"zone": "mesos", "records": 2, "revision": 7}]
                                """));
    }

    /** A name server's own addresses differ on each node, so a shared zone does not show them. */
    @Test
    void aNameServersOwnAddressesAreShownInItsOwnZonesOnly() throws Exception {
        NODE.more =
                List.of(
                        own("a", new ZoneRow("a", "ns.a", RecordType.A, "127.0.0.1", "")),
                        own(
                                "b",
                                new ZoneRow("b", "ns.b", RecordType.A, "127.0.0.1", ""),
                                new ZoneRow("b", "ready.b", RecordType.A, "127.0.0.1", "")));
        try {
            assertThat(json("/api/zones").findValues("records"))
                    .extracting(JsonNode::asInt)
                    .containsExactly(1, 2, 0, 1, 2, 0, 2);
            assertThat(json("/api/zones/a/records")).isEmpty();
            assertThat(json("/api/zones/b/records").findValuesAsText("name"))
                    .containsExactly("ns.b.", "ready.b.");
        } finally {
            NODE.more = List.of();
        }
    }

    private static ServedZone own(String origin, ZoneRow... rows) {
        Rdata.Soa soa =
                new Rdata.Soa(DnsName.literal("ns." + origin), DnsName.literal("x"), 1, 1, 1, 1, 1);
        return new ServedZone(
                origin,
                5,
                true,
                soa,
                ZoneImage.EMPTY,
                ZoneImage.EMPTY.apply(Stream.of(rows).map(Change::add).toList()));
    }

    @Test
    void aZoneWithoutRecordsIsListed() throws Exception {
        NODE.mesosDomain = "empty";
        try {
            assertThat(json("/api/zones/empty/records")).isEmpty();
            assertThat(json("/api/zones").findValuesAsText("zone")).contains("empty");
        } finally {
            NODE.mesosDomain = "mesos";
        }
    }

    @Test
    void nodesAreListedWithTheirRevisions() throws Exception {
        JsonNode node = json("/api/nodes").get(0);

        assertThat(node.path("id").asText()).isEqualTo("n1");
        assertThat(node.path("state").asText()).isEqualTo("late");
        assertThat(node.path("version").asText()).isEqualTo("1.2.3");
        assertThat(node.path("seen_seconds").asDouble()).isPositive();
        assertThat(node.path("revisions")).isEqualTo(JSON.readTree("{\"zone\": 7, \"vip\": 3}"));
        assertThat(node.path("lag_seconds").asDouble()).isEqualTo(0.5);
        assertThat(node.path("dataplane").path("kind").asText()).isEqualTo("dry-run");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//shop/web",
                "/shop/web",
                "/%2Fshop%2Fweb",
                "/marathon:/shop/web",
                "/marathon%3A%2Fshop%2Fweb"
            })
    void everySpellingOfAServiceIdIsRead(String id) throws Exception {
        assertThat(json("/api/services" + id).path("id").asText()).isEqualTo("/shop/web");
        assertThat(json("/api/trace/services" + id).path("service").asText())
                .isEqualTo("/shop/web");
    }

    @Test
    void aTraceShowsWhichStagesTheChangeHasReached() throws Exception {
        JsonNode stages = json("/api/trace/services/shop/web").path("stages");

        assertThat(stages)
                .extracting(
                        stage ->
                                stage.path("stage").asText()
                                        + " "
                                        + stage.path("where").asText()
                                        + " "
                                        + stage.path("reached").asBoolean())
                .containsExactly(
                        "journal marathon:/shop/web true",
                        "tables sequence number true",
                        "feed zone true",
                        "feed vip true",
                        "dns n1 true",
                        "kernel n1 false");
        assertThat(stages.get(4).path("at").asLong()).isEqualTo(6);
        assertThat(stages.get(4).path("has").asLong()).as("n1's own zone revision").isEqualTo(7);
        assertThat(stages.get(5).path("at").asLong()).isEqualTo(4);
        assertThat(stages.get(5).path("has").asLong()).as("n1's own VIP revision").isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/services/nope",
                "/api/trace/services/nope",
                "/api/zones/nope/records",
                "/nope",
                "/api/nope"
            })
    void whatIsNotThereIsAProblemOfRfc9457(String path) throws Exception {
        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("content-type").orElseThrow())
                .startsWith("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.path("status").asInt()).isEqualTo(404);
        assertThat(problem.path("title").asText()).isEqualTo("Not Found");
        assertThat(problem.path("detail").asText()).isNotBlank();
    }

    /** Answers with the result of {@code list}; the test does not call the other methods. */
    private static ServiceReader failingWith(RuntimeException failure) {
        return new ServiceReader() {
            @Override
            public CompletionStage<List<ServiceQueries.Service>> list() {
                return CompletableFuture.supplyAsync(
                        () -> {
                            throw failure;
                        });
            }

            @Override
            public CompletionStage<Optional<ServiceQueries.Service>> one(ServiceId id) {
                throw failure;
            }

            @Override
            public CompletionStage<Optional<Progress>> progress(ServiceId id) {
                throw failure;
            }

            @Override
            public CompletionStage<VipPoolEntity.Released> release(SortedSet<String> names) {
                throw failure;
            }
        };
    }

    /** {@link ExampleNode} releases all that it is asked for; web.marathon has backends. */
    @Test
    void aNameInUseIsNeverReleased() throws Exception {
        assertThat(post("{\"names\": [\"web.marathon\", \"old.marathon\"]}").body())
                .isEqualToIgnoringWhitespace(
                        "{\"released\": [\"old.marathon\"], \"refused\": {\"web.marathon\": \"is"
                                + " requested by a service\"}}");
        assertThat(post("{\"unused\": true}").body())
                .isEqualToIgnoringWhitespace("{\"released\": [], \"refused\": {}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "{}", "{\"names\": []}", "{\"names\": [\"a\"], \"unused\": true}"})
    void aReleaseNeedsNamesOrUnused(String body) throws Exception {
        assertThat(post(body).statusCode()).isEqualTo(400);
    }

    @Test
    void aReleaseThatAnotherSitesPageCouldSendIsRefused() throws Exception {
        HttpResponse<String> answer =
                CLIENT.send(
                        HttpRequest.newBuilder(uri("/api/vips/release"))
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"unused\": true}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(400);
    }

    private static HttpResponse<String> post(String body) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(uri("/api/vips/release"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/services", "/api/services/shop/web", "/api/trace/services/web"})
    void anOutageIs503WithItsSentenceAndNoStack(String path) throws Exception {
        ListAppender<ILoggingEvent> log = startLog();
        NODE.failing =
                Optional.of(failingWith(new UnavailableException("no database", new Error("x"))));
        try {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(JSON.readTree(answer.body()).path("detail").asText())
                    .isEqualTo("no database");
            assertThat(log.list)
                    .singleElement()
                    .satisfies(
                            line -> {
                                assertThat(line.getLevel()).isEqualTo(Level.WARN);
                                assertThat(line.getFormattedMessage()).contains(path);
                                assertThat(line.getThrowableProxy()).isNull();
                            });
        } finally {
            NODE.failing = Optional.empty();
            stopLog(log);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/services", "/api/services/shop/web", "/api/trace/services/web"})
    void aFaultOfThisProgramIs500WithTheIdOfTheLoggedStack(String path) throws Exception {
        ListAppender<ILoggingEvent> log = startLog();
        NODE.failing = Optional.of(failingWith(new NullPointerException("ours")));
        try {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).isEqualTo(500);
            JsonNode problem = JSON.readTree(answer.body());
            String id = problem.path("instance").asText();
            assertThat(id).startsWith("urn:uuid:");
            assertThat(problem.path("detail").asText()).contains(id).doesNotContain("database");
            assertThat(log.list)
                    .singleElement()
                    .satisfies(
                            line -> {
                                assertThat(line.getLevel()).isEqualTo(Level.ERROR);
                                assertThat(line.getFormattedMessage()).contains(path, id);
                                assertThat(line.getThrowableProxy().getMessage()).isEqualTo("ours");
                                assertThat(
                                                line.getThrowableProxy()
                                                        .getStackTraceElementProxyArray())
                                        .isNotEmpty();
                            });
        } finally {
            NODE.failing = Optional.empty();
            stopLog(log);
        }
    }

    private static ListAppender<ILoggingEvent> startLog() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        ((Logger) LoggerFactory.getLogger(ErrorResponses.class)).addAppender(log);
        return log;
    }

    private static void stopLog(ListAppender<ILoggingEvent> log) {
        ((Logger) LoggerFactory.getLogger(ErrorResponses.class)).detachAppender(log);
    }

    @Test
    void otherMethodsAreRefused() throws Exception {
        HttpResponse<String> answer =
                CLIENT.send(
                        HttpRequest.newBuilder(uri("/api/vips")).DELETE().build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("content-type").orElseThrow())
                .startsWith("application/problem+json");
    }

    @Test
    void readinessOfANodeThatIsNotReadyHasReasons() throws Exception {
        HttpResponse<String> ready = get("/health/ready");
        NODE.reasons = List.of("no complete image is served yet");
        HttpResponse<String> notReady = get("/health/ready");
        NODE.reasons = List.of();

        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(notReady.statusCode()).isEqualTo(503);
        assertThat(JSON.readTree(notReady.body()).path("reasons").get(0).asText())
                .contains("no complete image");
    }

    @Test
    void aDegradedNodeIsReadyAndSaysWhatStandsStill() throws Exception {
        NODE.conditions = new TreeMap<>(Map.of("ingest", "no master leads the ingest"));
        HttpResponse<String> degraded = get("/health/ready");
        NODE.conditions = new TreeMap<>();

        assertThat(degraded.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(degraded.body()))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"ready": true, "degraded": true, "reasons": [],
                                 "conditions": {"ingest": "no master leads the ingest"}, "details": {}}
                                """));
        assertThat(json("/health/ready").path("degraded").asBoolean()).isFalse();
    }

    @Test
    void metricsAreInPrometheusTextFormat() throws Exception {
        HttpResponse<String> answer = get("/metrics");

        assertThat(answer.headers().firstValue("content-type").orElseThrow())
                .startsWith("text/plain");
        assertThat(answer.body())
                .contains("meridian_table_revision{table=\"zone\"} 7.0", "# HELP meridian_vips ");
        assertThat(answer.body().lines().filter(line -> line.startsWith("meridian_")))
                .allMatch(
                        line ->
                                line.matches(
                                        "meridian_[a-z0-9_]+(\\{([a-z_]+=\"[^\"]*\",?)+})?"
                                                + " [-0-9.E+]+"));
    }

    @Test
    void theCommandPrintsZonesAndTheirRecords() {
        assertThat(printed("zones"))
                .isEqualTo(
                        """
                        zone records revision
                        dcos.thisdcos.directory 1 7
                        in-addr.arpa 2 11
                        ip6.arpa 0 11
                        l4lb.thisdcos.directory 1 4
                        mesos 2 7
                        """);
        assertThat(printed("zones", "mesos"))
                .isEqualTo(
                        """
                        name ttl type data
                        _web._tcp.marathon.mesos. 60 SRV 0 1 31000 web-x.marathon.mesos.
                        web.marathon.mesos. 60 A 10.0.0.1
                        """);
    }

    /** Output of a client command, with runs of blanks as one. */
    private static String printed(String command, String... arguments) {
        CommandLine line =
                new CommandLine(
                        switch (command) {
                            case "services" -> new ServicesCommand();
                            case "vips" -> new VipsCommand();
                            case "zones" -> new ZonesCommand();
                            case "nodes" -> new NodesCommand();
                            default -> new TraceCommand();
                        });
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            List<String> all = new ArrayList<>(List.of("--url", uri("").toString()));
            all.addAll(List.of(arguments));
            assertThat(line.execute(all.toArray(String[]::new))).isZero();
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8).replaceAll(" +", " ");
    }

    @Test
    void thePageAndTheLivenessAnswer() throws Exception {
        assertThat(get("/").body()).contains("<title>Meridian</title>");
        assertThat(json("/health/live").path("live").asBoolean()).isTrue();
    }

    @Test
    void aRequestForAStrangersNameIsRefused() throws Exception {
        assertThat(ask("GET", "/api/nodes", "evil.example")).startsWith("HTTP/1.1 421");
        assertThat(ask("GET", "/api/nodes", "node-1:8181")).startsWith("HTTP/1.1 200");
        assertThat(ask("GET", "/api/nodes", "[::1]:8181")).startsWith("HTTP/1.1 200");
    }

    private static String ask(String method, String path, String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", binding.localAddress().getPort())) {
            socket.setSoTimeout(30_000); // bounds a hang
            String request =
                    method
                            + " "
                            + path
                            + " HTTP/1.1\r\nHost: "
                            + host
                            + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static JsonNode json(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + binding.localAddress().getPort() + path);
    }
}
