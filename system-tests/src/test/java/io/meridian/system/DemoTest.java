package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.testkit.NeedsPackage;
import io.meridian.testkit.SystemPackage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * {@code meridian demo} on free ports, used as in the README: deploy, scale, kill, delete, stop,
 * start again.
 */
final class DemoTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String VIP = "tcp hello.marathon:80";
    private static final String NAME = "hello-shop.marathon.mesos.";

    @TempDir Path directory;
    private final HttpClient http = HttpClient.newHttpClient();
    private String marathon = "";
    private int marathonPort;
    private int httpPort;
    private int dnsPort;
    private NodeApi api = new NodeApi(1);

    @Test
    void servicesComeAndGoAndAddressesStayOverAStopAndAKill() throws Exception {
        Map<String, String> addresses;
        try (ChildNode demo = start()) {
            Waiting.until("greeted", LIMIT, () -> demo.output().contains("Ctrl-C stops"));
            assertThat(new DnsClient(dnsPort).ask("web-shop.marathon.mesos.", "A").data())
                    .as("the list of commands comes when they have answers")
                    .isNotEmpty();
            anAppIsServedScaledKilledAndDeleted();
            addresses = api.vipAddresses();
            List<ProcessHandle> family = demo.family();
            assertThat(family).as("the program and its database").hasSizeGreaterThan(1);
            assertThat(demo.stop(LIMIT)).as(demo.output()).isZero();
            assertAllEnded(family);
        }
        assertThat(addresses).isNotEmpty();
        try (ChildNode demo = start()) {
            Waiting.until("same addresses", LIMIT, () -> includes(api.vipAddresses(), addresses));
            List<ProcessHandle> family = demo.family();
            demo.kill();
            assertAllEnded(family);
        }
        try (ChildNode demo = start()) {
            Waiting.until("same addresses", LIMIT, () -> includes(api.vipAddresses(), addresses));
            List<ProcessHandle> family = demo.family();
            assertThat(demo.stop(LIMIT)).as(demo.output()).isZero();
            assertAllEnded(family);
        }
    }

    @Test
    @NeedsPackage({SystemPackage.DNSUTILS, SystemPackage.CURL})
    void theCommandsThatTheReadmesShowForTheDemoSucceed() throws Exception {
        try (ChildNode demo = start()) {
            assertThat(demo.isAlive()).isTrue();
            assertThat(new DocumentedCommands(directory, marathonPort, httpPort, dnsPort).run())
                    .hasSizeGreaterThan(8);
        }
    }

    /**
     * Checks that VIPs kept their addresses; false while a VIP of {@code before}, which needs a
     * backend, is not shown yet.
     */
    private static boolean includes(Map<String, String> now, Map<String, String> before) {
        before.forEach(
                (vip, address) ->
                        assertThat(now.getOrDefault(vip, address)).as(vip).isEqualTo(address));
        return now.keySet().containsAll(before.keySet());
    }

    private ChildNode start() throws Exception {
        marathonPort = ChildNode.freePort();
        httpPort = ChildNode.freePort();
        dnsPort = ChildNode.freePort();
        marathon = "http://127.0.0.1:" + marathonPort;
        api = new NodeApi(httpPort);
        ChildNode demo =
                ChildNode.start(
                        directory.resolve("demo.log"),
                        List.of("-Dmeridian.home=" + Path.of("..").toAbsolutePath().normalize()),
                        List.of(
                                "demo",
                                "--marathon-port",
                                Integer.toString(marathonPort),
                                "--mesos-port",
                                Integer.toString(ChildNode.freePort()),
                                "-Dmeridian.state.directory=" + directory.resolve("state"),
                                "-Dmeridian.http.listen=127.0.0.1:" + httpPort,
                                "-Dmeridian.dns.listen=127.0.0.1:" + dnsPort));
        try {
            demo.awaitReady(api, LIMIT);
            return demo;
        } catch (AssertionError failed) {
            demo.close();
            throw failed;
        }
    }

    private void anAppIsServedScaledKilledAndDeleted() throws Exception {
        send(
                "POST",
                "/v2/apps",
                """
                {"id": "/shop/hello", "cmd": "serve", "instances": 2, "portDefinitions":
                  [{"port": 0, "protocol": "tcp", "name": "http", "labels":
                    {"VIP_0": "/hello:80", "MERIDIAN_VIP_0_SCHEDULER": "quick"}}]}\
                """);
        SortedSet<String> first = awaitServing(2, Set.of());
        DnsClient dns = new DnsClient(dnsPort);
        assertThat(dns.ask("_http._hello-shop._tcp.marathon.mesos.", "SRV").data()).hasSize(2);
        assertThat(dns.ask("hello.marathon.l4lb.thisdcos.directory.", "A").data())
                .containsExactly(api.vipAddresses().get(VIP));
        assertThat(problemsOfHello())
                .anySatisfy(
                        problem ->
                                assertThat(problem)
                                        .startsWith(
                                                "label marathon:/shop/hello: label"
                                                    + " MERIDIAN_VIP_0_SCHEDULER=\"quick\" is not"
                                                    + " one of rr, wrr,"));
        thePeersNamesAnswerToo(dns);
        anotherFrameworksTasksAreServed(dns);

        send("PUT", "/v2/apps//shop/hello", "{\"instances\": 4}");
        SortedSet<String> four = awaitServing(4, Set.of());
        assertThat(four).containsAll(first);

        String victim = first.first();
        send("DELETE", "/v2/apps//shop/hello/tasks/" + victim, "");
        awaitServing(4, Set.of(victim));

        send("DELETE", "/v2/apps//shop/hello", "");
        Waiting.until(
                "nothing left",
                LIMIT,
                () ->
                        !api.tables().backends().containsKey(VIP)
                                && dns.ask(NAME, "A").code().equals("NXDOMAIN"));
    }

    private List<String> problemsOfHello() throws Exception {
        List<String> problems = new ArrayList<>();
        for (JsonNode vip : api.json("/api/vips")) {
            if (vip.path("name").asText().equals("hello.marathon")) {
                vip.path("problems")
                        .forEach(
                                one ->
                                        problems.add(
                                                one.path("kind").asText()
                                                        + " "
                                                        + one.path("message").asText()));
            }
        }
        return problems;
    }

    private void anotherFrameworksTasksAreServed(DnsClient dns) throws Exception {
        assertThat(dns.ask("slave.mesos.", "A").data())
                .containsExactly("127.0.1.1", "127.0.1.2", "127.0.1.3");
        assertThat(dns.ask("broker.kafka.l4lb.thisdcos.directory.", "A").data())
                .containsExactly(api.vipAddresses().get("tcp broker.kafka:9092"));
        for (ExpectedTask.Backend broker :
                api.tables().backends().getOrDefault("tcp broker.kafka:9092", new TreeSet<>())) {
            URI task = URI.create("http://" + broker.address() + ":" + broker.port() + "/");
            assertThat(
                            http.send(
                                            HttpRequest.newBuilder(task).build(),
                                            HttpResponse.BodyHandlers.ofString())
                                    .body())
                    .isEqualTo(broker.task() + "\n");
        }
        assertThat(api.tables().backends().get("tcp broker.kafka:9092")).hasSize(3);
    }

    private void thePeersNamesAnswerToo(DnsClient dns) throws Exception {
        SortedSet<String> agents = dns.ask(NAME, "A").data();
        for (String peer :
                List.of(
                        "hello-shop.marathon.mesos.thisdcos.directory.",
                        "hello-shop.marathon.agentip.dcos.thisdcos.directory.",
                        "hello-shop.marathon.autoip.dcos.thisdcos.global.")) {
            assertThat(dns.ask(peer, "A").data()).as(peer).isEqualTo(agents);
        }
    }

    /**
     * Waits until API and DNS show {@code count} serving tasks, none of them unwanted. @return
     * their ids
     */
    private SortedSet<String> awaitServing(int count, Set<String> unwanted) throws Exception {
        DnsClient dns = new DnsClient(dnsPort);
        SortedSet<String> tasks = new TreeSet<>();
        Waiting.until(
                count + " serving",
                LIMIT,
                () -> {
                    tasks.clear();
                    SortedSet<String> addresses = new TreeSet<>();
                    for (ExpectedTask.Backend backend :
                            api.tables().backends().getOrDefault(VIP, new TreeSet<>())) {
                        if (backend.state().equals("serving")) {
                            tasks.add(backend.task());
                            addresses.add(backend.address());
                        }
                    }
                    return tasks.size() == count
                            && tasks.stream().noneMatch(unwanted::contains)
                            && dns.ask(NAME, "A").data().equals(addresses);
                });
        return tasks;
    }

    private JsonNode send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(
                        HttpRequest.newBuilder(URI.create(marathon + path))
                                .header("Content-Type", "application/json")
                                .method(method, HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return NodeApi.JSON.readTree(answer.body());
    }

    private static void assertAllEnded(List<ProcessHandle> family) throws InterruptedException {
        List<ProcessHandle> left = new ArrayList<>(family);
        Waiting.until(
                "all processes ended",
                LIMIT,
                () -> {
                    left.removeIf(process -> !process.isAlive());
                    return left.isEmpty();
                });
        assertThat(left.stream().map(ProcessHandle::info).collect(Collectors.toList())).isEmpty();
    }
}
