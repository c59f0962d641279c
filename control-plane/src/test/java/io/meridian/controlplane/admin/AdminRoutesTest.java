package io.meridian.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.FeedServer;
import io.meridian.feed.NodeStatus;
import io.meridian.feed.TableType;
import io.meridian.feed.TableView;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The contract's routes over real HTTP, on a node whose tables are given. */
class AdminRoutesTest {
    private static final ActorTestKit KIT = ActorTestKit.create("akka.actor.provider = local");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Node NODE = new Node();
    private static ServerBinding binding;

    @BeforeAll
    static void start() throws Exception {
        Metrics metrics = new Metrics(NODE, Optional.empty(), Optional::empty, Optional.empty());
        binding =
                Http.get(KIT.system())
                        .newServerAt("127.0.0.1", 0)
                        .bind(new AdminRoutes(NODE, metrics).routes())
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
                                  "address": "11.0.0.1", "port": 80, "backends": [
                                    {"address": "10.0.0.1", "port": 31000, "weight": 1, "task": "one", "state": "serving"},
                                    {"address": "10.0.0.2", "port": 31000, "weight": 0, "task": "two", "state": "draining"}]}]
                                """));
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
                                 {"zone": "in-addr.arpa", "records": 2, "revision": 7},
                                 {"zone": "l4lb.thisdcos.directory", "records": 1, "revision": 4},
                                 {"zone": "mesos", "records": 2, "revision": 7}]
                                """));
    }

    @Test
    void aZoneWithoutRecordsIsThereAllTheSame() throws Exception {
        NODE.mesosDomain = "empty";
        try {
            assertThat(json("/api/zones/empty/records")).isEmpty();
            assertThat(json("/api/zones").findValuesAsText("zone")).contains("empty");
        } finally {
            NODE.mesosDomain = "mesos";
        }
    }

    @Test
    void nodesTellWhatTheyHaveApplied() throws Exception {
        JsonNode node = json("/api/nodes").get(0);

        assertThat(node.path("id").asText()).isEqualTo("n1");
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
    void aServiceIsFoundHoweverItsIdIsWritten(String id) throws Exception {
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
    void aNodeThatIsNotReadySaysWhy() throws Exception {
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
                                        "meridian_[a-z0-9_]+(\\{[a-z_]+=\"[^\"]*\"})? [-0-9.E+]+"));
    }

    @Test
    void theApiDescribesItself() throws Exception {
        JsonNode description = json("/openapi.json");

        assertThat(description.path("openapi").asText()).startsWith("3.");
        assertThat(description.path("paths").properties())
                .extracting(java.util.Map.Entry::getKey)
                .contains("/health/ready", "/api/vips", "/api/trace/services/{id}", "/api/events");
    }

    @Test
    void thePageAndTheLivenessAnswer() throws Exception {
        assertThat(get("/").body()).contains("<title>Meridian</title>");
        assertThat(json("/health/live").path("live").asBoolean()).isTrue();
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

    /** A node with one service, in tables that were given to it. */
    private static final class Node implements AdminData {
        private static final VipKey WEB = new VipKey("web.marathon", Protocol.TCP, 80);

        private volatile String mesosDomain = "mesos";
        private volatile List<String> reasons = List.of();
        private final TableView<ZoneRow, ZoneImage> zones =
                TableView.showing(
                        TableType.ZONE,
                        ZoneImage.EMPTY.apply(
                                List.of(
                                        Change.add(
                                                new ZoneRow(
                                                        "mesos",
                                                        "web.marathon.mesos",
                                                        RecordType.A,
                                                        "10.0.0.1",
                                                        "o 1")),
                                        Change.add(
                                                new ZoneRow(
                                                        "dcos.thisdcos.directory",
                                                        "web.marathon.agentip.dcos.thisdcos.directory",
                                                        RecordType.A,
                                                        "10.0.0.1",
                                                        "o 1")),
                                        Change.add(
                                                new ZoneRow(
                                                        "in-addr.arpa",
                                                        "1.0.0.10.in-addr.arpa",
                                                        RecordType.PTR,
                                                        "node.example.org.",
                                                        "o 1")),
                                        Change.add(
                                                new ZoneRow(
                                                        "mesos",
                                                        "_web._tcp.marathon.mesos",
                                                        RecordType.SRV,
                                                        "0 1 31000 web-x.marathon.mesos.",
                                                        "o 1")))),
                        7,
                        Instant.EPOCH);
        private final TableView<VipRow, VipImage> vips =
                TableView.showing(
                        TableType.VIP,
                        VipImage.EMPTY.apply(
                                List.of(
                                        Change.add(
                                                new VipRow.Address(
                                                        "web.marathon",
                                                        IpAddress.literal("11.0.0.1"))),
                                        Change.add(
                                                backend(
                                                        "10.0.0.1",
                                                        "one",
                                                        BackendState.SERVING,
                                                        1)),
                                        Change.add(
                                                backend(
                                                        "10.0.0.2",
                                                        "two",
                                                        BackendState.DRAINING,
                                                        0)))),
                        4,
                        Instant.EPOCH);

        private static VipRow backend(String address, String task, BackendState state, int weight) {
            return new VipRow.Backend(
                    WEB,
                    new Endpoint(IpAddress.literal(address), 31000, Protocol.TCP),
                    "marathon:/shop/web " + task,
                    "S1",
                    Optional.empty(),
                    state,
                    weight);
        }

        @Override
        public TableView<ZoneRow, ZoneImage> zones() {
            return zones;
        }

        @Override
        public TableView<VipRow, VipImage> vips() {
            return vips;
        }

        @Override
        public String mesosDomain() {
            return mesosDomain;
        }

        @Override
        public long mesosTtl() {
            return 60;
        }

        @Override
        public CompletionStage<List<FeedServer.SeenNode>> nodes() {
            NodeStatus status =
                    new NodeStatus(
                            "n1",
                            "10.0.0.9",
                            List.of("agent"),
                            7,
                            3,
                            0.5,
                            new NodeStatus.Dataplane("dry-run", 1, 2, 3, 0, 0, ""));
            return CompletableFuture.completedFuture(
                    List.of(new FeedServer.SeenNode(status, Instant.EPOCH)));
        }

        @Override
        public Optional<ServiceReader> services() {
            return Optional.of(new Services());
        }

        @Override
        public Optional<ActorRef<FeedServer.Command>> feed() {
            return Optional.empty();
        }

        @Override
        public CompletionStage<Readiness> readiness() {
            return CompletableFuture.completedFuture(new Readiness(reasons, new TreeMap<>()));
        }
    }

    private static final class Services implements ServiceReader {
        private static final ServiceId WEB = new ServiceId("marathon", "/shop/web");

        @Override
        public CompletionStage<List<ObjectNode>> list() {
            return CompletableFuture.completedFuture(
                    List.of(JsonNodeFactory.instance.objectNode().put("id", WEB.path())));
        }

        @Override
        public CompletionStage<Optional<JsonNode>> one(ServiceId id) {
            return CompletableFuture.completedFuture(
                    id.equals(WEB)
                            ? Optional.of(
                                    JsonNodeFactory.instance.objectNode().put("id", id.path()))
                            : Optional.empty());
        }

        @Override
        public CompletionStage<Optional<Progress>> progress(ServiceId id) {
            return CompletableFuture.completedFuture(
                    id.equals(WEB) ? Optional.of(new Progress(5, 5, 6, 4)) : Optional.empty());
        }
    }
}
