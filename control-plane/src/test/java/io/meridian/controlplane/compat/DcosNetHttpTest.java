package io.meridian.controlplane.compat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.dns.DnsStatus;
import io.meridian.dns.ServedZone;
import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.TableType;
import io.meridian.feed.master.SeenNode;
import io.meridian.feed.wire.NodeStatus;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.reconcile.NamespaceStatus;
import io.meridian.sources.marathon.MarathonCounters;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** dcos-net's API over real HTTP. */
class DcosNetHttpTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DCOS = "dcos.thisdcos.directory";
    private static final String COMPONENT = "component.thisdcos.directory";
    private static final List<ServedZone> ZONES =
            List.of(
                    Served.zone(
                            COMPONENT,
                            5,
                            1,
                            List.of(
                                    row(
                                            COMPONENT,
                                            "registry",
                                            RecordType.CNAME,
                                            "master." + DCOS + "."),
                                    row(
                                            COMPONENT,
                                            "loop",
                                            RecordType.CNAME,
                                            "loop." + COMPONENT + "."))),
                    Served.zone(
                            DCOS,
                            5,
                            1,
                            List.of(
                                    row(DCOS, "master", RecordType.A, "10.0.0.1"),
                                    row(DCOS, "master", RecordType.A, "10.0.0.2"),
                                    row(DCOS, "master", RecordType.AAAA, "fd01::1"))),
                    Served.mesos(
                            7,
                            Served.rows(
                                    "marathon:/web web.1",
                                    """
                                    web.marathon.mesos        A   10.0.0.9
                                    _web._tcp.marathon.mesos  SRV 0 1 80 web.marathon.mesos.
                                    _web._tcp.marathon.mesos  SRV 0 1 81 none.marathon.mesos.
                                    """)));
    private static final Served.Node NODE = new Served.Node(ZONES);
    private static Listening server;

    @BeforeAll
    static void start() throws Exception {
        DcosNetMetrics metrics =
                new DcosNetMetrics(
                        NODE,
                        () -> "our_own 1\n".getBytes(StandardCharsets.UTF_8),
                        NodeView.at(IpAddress.literal("10.0.0.1")),
                        Optional.<java.util.function.Supplier<DnsStatus>>empty(),
                        Optional::empty,
                        Optional.of(new MarathonCounters()));
        metrics.namespaces(
                () ->
                        List.of(
                                new NamespaceStatus("in", "", Optional.empty()),
                                new NamespaceStatus("waits", "no interface", Optional.empty())));
        server = new Listening(new DcosNetApi(NODE, metrics)::answer);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void fresh() {
        NODE.zones = ZONES;
        NODE.show(
                List.of(
                        new VipRow.Address("web.marathon", IpAddress.literal("11.0.0.1")),
                        new VipRow.Address("web.marathon", IpAddress.literal("fd01:c::1")),
                        backend("web.marathon", 80, "10.0.0.2", BackendState.DRAINING),
                        backend("web.marathon", 80, "10.0.0.1", BackendState.SERVING),
                        backend("web.marathon", 80, "fd01::9", BackendState.UNREACHABLE),
                        backend("11.1.1.1", 81, "10.0.0.1", BackendState.SERVING)));
        NODE.nodes = List.of();
    }

    @Test
    void vipsHaveEveryBackendOnOneLine() throws Exception {
        HttpResponse<String> answer = server.get("/v1/vips");

        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        assertThat(answer.body())
                .isEqualTo(
                        "[{\"backend\":[{\"ip\":\"10.0.0.1\",\"port\":31000}],\"protocol\":\"tcp\","
                                + "\"vip\":\"11.1.1.1:81\"},"
                                + "{\"backend\":[{\"ip\":\"10.0.0.1\",\"port\":31000},"
                                + "{\"ip\":\"10.0.0.2\",\"port\":31000},"
                                + "{\"ip\":\"fd01::9\",\"port\":31000}],\"protocol\":\"tcp\","
                                + "\"vip\":\"web.marathon.l4lb.thisdcos.directory:80\"}]");
    }

    @Test
    void unchangedVipsAre304() throws Exception {
        String tag = server.get("/v1/vips").headers().firstValue("etag").orElseThrow();

        assertThat(tag).startsWith("\"").endsWith("\"");
        for (String known : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
            HttpResponse<String> same = server.get("/v1/vips", "If-None-Match", known);
            assertThat(same.statusCode()).as(known).isEqualTo(304);
            assertThat(same.body()).isEmpty();
            assertThat(same.headers().firstValue("etag")).contains(tag);
        }
        NODE.show(List.of());
        HttpResponse<String> changed = server.get("/v1/vips", "If-None-Match", tag);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.body()).isEqualTo("[]");
        assertThat(changed.headers().firstValue("etag")).isNotEqualTo(Optional.of(tag));
    }

    @Test
    void recordsAreAddressesAndServicesOfAllZones() throws Exception {
        assertThat(server.get("/v1/records").body())
                .isEqualTo(
                        """
                        [{"host":"10.0.0.1","name":"master.dcos.thisdcos.directory","rtype":"A"},
                        {"host":"10.0.0.2","name":"master.dcos.thisdcos.directory","rtype":"A"},
                        {"host":"fd01::1","name":"master.dcos.thisdcos.directory","rtype":"AAAA"},
                        {"host":"web.marathon.mesos:80","name":"_web._tcp.marathon.mesos","rtype":"SRV"},
                        {"host":"none.marathon.mesos:81","name":"_web._tcp.marathon.mesos","rtype":"SRV"},
                        {"host":"10.0.0.9","name":"web.marathon.mesos","rtype":"A"}]\
                        """);
    }

    @Test
    void aHundredThousandRecordsAreStreamed() throws Exception {
        NODE.zones =
                List.of(
                        Served.mesos(
                                1,
                                IntStream.range(0, 100_000)
                                        .mapToObj(
                                                i ->
                                                        new ZoneRow(
                                                                "mesos",
                                                                "t" + i + ".mesos",
                                                                RecordType.A,
                                                                "10.0.0." + i % 250,
                                                                "o"))
                                        .toList()));

        HttpResponse<String> answer = server.get("/v1/records");

        assertThat(answer.headers().firstValue("transfer-encoding")).contains("chunked");
        assertThat(JSON.readTree(answer.body())).hasSize(100_000);
        assertThat(answer.body().lines()).hasSize(100_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "hosts/web.marathon.mesos |"
                        + " [{\"host\":\"web.marathon.mesos\",\"ip\":\"10.0.0.9\"}]",
                "hosts/WEB.marathon.mesos. |"
                        + " [{\"host\":\"web.marathon.mesos\",\"ip\":\"10.0.0.9\"}]",
                "hosts/nothing.mesos | []",
                "hosts/example.org | []",
                "hosts/loop.component.thisdcos.directory | []",
                "services/none | []",
                "services/_web._tcp.marathon.mesos |"
                    + " [{\"host\":\"none.marathon.mesos\",\"port\":81,\"service\":\"_web._tcp.marathon.mesos\"},"
                    + "{\"host\":\"web.marathon.mesos\",\"ip\":\"10.0.0.9\",\"port\":80,\"service\":\"_web._tcp.marathon.mesos\"}]"
            })
    void namesAreLookedUp(String path, String body) throws Exception {
        assertThat(server.get("/v1/" + path).body()).isEqualTo(body);
    }

    @Test
    void aliasesAreFollowedThroughZones() throws Exception {
        assertThat(JSON.readTree(server.get("/v1/hosts/registry." + COMPONENT).body()))
                .isEqualTo(
                        JSON.readTree(
                                "[{\"host\": \"master.dcos.thisdcos.directory\", \"ip\":"
                                        + " \"10.0.0.1\"}, {\"host\":"
                                        + " \"master.dcos.thisdcos.directory\", \"ip\":"
                                        + " \"10.0.0.2\"}]"));
    }

    @Test
    void nodesHaveTheTimeOfTheirLastReport() throws Exception {
        NODE.nodes =
                List.of(
                        new SeenNode(
                                new NodeStatus(
                                        "n1",
                                        "1",
                                        "10.0.0.1",
                                        List.of("agent"),
                                        1,
                                        1,
                                        0,
                                        NodeStatus.Dataplane.NONE),
                                SeenNode.State.OK,
                                Instant.ofEpochMilli(1_700_000_000_120L)));

        for (String path : List.of("/v1/nodes", "/v1/nodes?force", "/v1/nodes/")) {
            assertThat(server.get(path).body())
                    .isEqualTo(
                            "[{\"hostname\":\"n1\",\"private_ip\":\"10.0.0.1\",\"public_ips\":[],"
                                    + "\"updated\":\"2023-11-14T22:13:20.120Z\"}]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/lashup/key", "/lashup/kv", "/lashup/kv/navstar/key"})
    void theKeyAndTheStoreAre404WithAReason(String path) throws Exception {
        for (String method : List.of("GET", "POST")) {
            RawHttp.Answer answer =
                    RawHttp.ask(server.address(), method, path, "Content-Length: 0");
            assertThat(answer.status()).startsWith("HTTP/1.1 40");
            assertThat(answer.body()).doesNotContain("\"");
        }
        HttpResponse<String> answer = server.get(path);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("secret key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/config", "/v1/enumerate"})
    void pathsOfDcosNetWithoutAnAnswerAre501(String path) throws Exception {
        assertThat(server.get(path).statusCode()).isEqualTo(501);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/v1", "/v1/nothing", "/v1/vips/x", "/v2/vips", "/lashup", "/lashup/x"})
    void otherPathsAreNotFound(String path) throws Exception {
        assertThat(server.get(path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
    void everyMethodButGetIsRefused(String method) throws Exception {
        RawHttp.Answer answer =
                RawHttp.ask(server.address(), method, "/v1/vips", "Content-Length: 0");

        assertThat(answer.status()).isEqualTo("HTTP/1.1 405 Method Not Allowed");
        assertThat(answer.headers()).containsEntry("allow", "GET");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/* | 200",
                "application/* | 200",
                "application/json | 200",
                "text/html, application/json;q=0.5 | 200",
                "text/html | 406",
                "application/json;q=0 | 406"
            })
    void acceptIsNegotiated(String accept, int status) throws Exception {
        assertThat(server.get("/v1/version", "Accept", accept).statusCode()).isEqualTo(status);
    }

    @Test
    void metricsHaveDcosNetsNames() throws Exception {
        assertThat(server.get("/v1/metrics").body()).isEqualTo("our_own 1\n");
        assertThat(server.get("/v1/metrics/default").body()).isEqualTo("our_own 1\n");
        HttpResponse<String> l4lb = server.get("/v1/metrics/l4lb");
        assertThat(l4lb.headers().firstValue("content-type")).contains("text/plain; version=0.0.4");
        assertThat(l4lb.body().lines())
                .contains(
                        "vips 2.0",
                        "backends 4.0",
                        "local_backends 2.0",
                        "unreachable_backends 1.0",
                        "netns 1.0",
                        "reconciled_ipvs_rules_total 0.0");
        assertThat(server.get("/v1/metrics/dns").body().lines())
                .contains("zone_records{zone=\"mesos\"} 3.0");
        assertThat(server.get("/v1/metrics/mesos_listener").body()).contains("messages_total 0.0");
        assertThat(server.get("/v1/metrics/lashup").body()).isEmpty();
        HttpResponse<String> unknown = server.get("/v1/metrics/nothing");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).isEqualTo("Unknown Registry");
    }

    @Test
    void beforeTheFirstImageAnswersAre503() throws Exception {
        NODE.zones = ZONES.stream().map(Served::awaited).toList();
        NODE.vips = new CurrentImage<>(TableType.VIP);

        for (String path :
                List.of("/v1/vips", "/v1/records", "/v1/hosts/x.mesos", "/v1/services/x.mesos")) {
            HttpResponse<String> answer = server.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(503);
            assertThat(answer.body()).startsWith("503: no complete image of ");
        }
        assertThat(server.get("/v1/version").body()).contains("\"Service\":\"dcos-dns\"");
    }

    @Test
    void withoutVipsTheListIsEmpty() {
        assertThat(DcosNetDocuments.vips(VipImage.EMPTY).bytes()).asString().isEqualTo("[]");
    }

    private static ZoneRow row(String zone, String label, RecordType type, String data) {
        return new ZoneRow(zone, label + "." + zone, type, data, "");
    }

    private static VipRow backend(String vip, int port, String address, BackendState state) {
        return new VipRow.Backend(
                new VipKey(vip, Protocol.TCP, port),
                new Endpoint(IpAddress.literal(address), 31000, Protocol.TCP),
                "marathon:/web " + address,
                "S1",
                Optional.empty(),
                state,
                state == BackendState.SERVING ? 1 : 0);
    }
}
