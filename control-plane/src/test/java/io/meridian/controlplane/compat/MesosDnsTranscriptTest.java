package io.meridian.controlplane.compat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.controlplane.ProgramVersion;
import io.meridian.testkit.Fixtures;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Repeats each recorded request to a real Mesos-DNS over a socket, with the same state. Status
 * line, content type, length and body are the same bytes, except for the differences in {@link
 * #mended}.
 */
class MesosDnsTranscriptTest {
    private static Listening server;
    private static final Pattern COMMAND =
            Pattern.compile(
                    "\\$ curl -i (?:(-I) |-X (\\S+) |-H (\\S+: \\S+) )?http://[^/]+(/\\S*).*");
    private static final long SERIAL = 1795333754L;

    private record Exchange(
            String method, String path, List<String> headers, RawHttp.Answer answer) {
        @Override
        public String toString() {
            return method + " " + path + " " + headers;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        String axfr = Fixtures.text("mesos/mesos-dns/axfr-fake.json");
        Served.Node node =
                new Served.Node(
                        List.of(
                                Served.mesos(
                                        SERIAL, Served.rows(new ObjectMapper().readTree(axfr)))));
        MesosDnsConfig config =
                new MesosDnsConfig(
                        5,
                        new MesosDnsConfig.Listener("127.0.0.1", 15353),
                        new MesosDnsConfig.Listener("127.0.0.1", 18123),
                        1,
                        List.of("127.0.0.1:15354"),
                        new TreeMap<>(
                                Map.of("weave", List.of("127.0.0.1:15355", "127.0.0.1:15354"))),
                        List.of("netinfo", "docker", "mesos", "host"),
                        1,
                        false,
                        true,
                        true);
        MesosDnsApi api = new MesosDnsApi(node, "mesos", config);
        server = new Listening(request -> CompletableFuture.completedFuture(api.answer(request)));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @TestFactory
    List<DynamicTest> everyRequestIsAnsweredAsMesosDnsAnsweredIt() throws IOException {
        List<Exchange> exchanges = exchanges();
        assertThat(exchanges).hasSizeGreaterThan(20);
        return exchanges.stream()
                .map(
                        exchange ->
                                DynamicTest.dynamicTest(
                                        exchange.toString(), () -> replay(exchange)))
                .toList();
    }

    private static void replay(Exchange exchange) throws IOException {
        RawHttp.Answer expected = mended(exchange);

        RawHttp.Answer answer =
                RawHttp.ask(
                        server.address(),
                        exchange.method(),
                        exchange.path(),
                        exchange.headers().toArray(String[]::new));

        assertThat(answer.status()).isEqualTo(expected.status());
        assertThat(answer.body()).isEqualTo(expected.body());
        for (String header : List.of("content-type", "content-length")) {
            if (exchange.method().equals("HEAD") && header.equals("content-length")) {
                continue; // RFC 9110 8.6: optional in the answer to HEAD
            }
            assertThat(answer.headers().get(header))
                    .as(header)
                    .isEqualTo(expected.headers().get(header));
        }
        assertThat(answer.headers()).containsKey("date").doesNotContainKey("server");
    }

    /** The intended differences from Mesos-DNS. */
    private static RawHttp.Answer mended(Exchange exchange) {
        RawHttp.Answer observed = exchange.answer();
        return switch (exchange.path()) {
            case "/v1/version", "/v1/version/" ->
                    withBody(
                            observed,
                            observed.body().replace("v0.9.0-e888ef4", ProgramVersion.text()));
            case "/v1/config" ->
                    withBody(
                            observed,
                            observed.body()
                                    .replace(
                                            "\"Masters\": [\n   \"127.0.0.1:15050\"\n  ]",
                                            "\"Masters\": null")
                                    .replace(
                                            "\"StateTimeoutSeconds\": 10,",
                                            "\"StateTimeoutSeconds\": 300,")
                                    .replace("\"File\": \"config.json\"", "\"File\": \"\""));
            case "/v1/hosts/.*" ->
                    new RawHttp.Answer(
                            "HTTP/1.1 200 OK",
                            Map.of("content-type", "application/json", "content-length", "39"),
                            "[\n  {\n   \"host\": \"\",\n   \"ip\": \"\"\n  }\n ]");
            default -> observed;
        };
    }

    private static RawHttp.Answer withBody(RawHttp.Answer observed, String body) {
        if (!observed.status().endsWith("200 OK")) {
            return observed;
        }
        Map<String, String> headers = new TreeMap<>(observed.headers());
        headers.put(
                "content-length", Integer.toString(body.getBytes(StandardCharsets.UTF_8).length));
        return new RawHttp.Answer(observed.status(), headers, body);
    }

    private static List<Exchange> exchanges() throws IOException {
        String all = Fixtures.text("mesos/mesos-dns/observed.txt");
        int start = all.indexOf("\n################ C. HTTP API");
        String part = all.substring(start, all.indexOf("\n################ D.", start));
        List<Exchange> exchanges = new ArrayList<>();
        String[] blocks = part.split("\n(?=\\$ curl )", -1);
        for (int i = 1; i < blocks.length; i++) {
            exchanges.add(exchange(blocks[i].replaceFirst("\n-{60,}(?s:.*)", "")));
        }
        return exchanges;
    }

    private static Exchange exchange(String block) {
        String[] parts = block.split("\n", 2);
        Matcher command = COMMAND.matcher(parts[0]);
        assertThat(command.matches()).as(parts[0]).isTrue();
        String method =
                command.group(1) != null
                        ? "HEAD"
                        : command.group(2) != null ? command.group(2) : "GET";
        String header = command.group(3) != null ? command.group(3) : "";
        List<String> headers =
                header.startsWith("Accept: ")
                        ? List.of(header)
                        : header.isEmpty()
                                ? List.of("Accept: */*")
                                : List.of("Accept: */*", header);
        int end = parts[1].indexOf("\n\n");
        Map<String, String> answered = new TreeMap<>();
        String[] head = parts[1].substring(0, end).split("\n", -1);
        for (int i = 1; i < head.length; i++) {
            String[] pair = head[i].split(": ", 2);
            answered.put(pair[0].toLowerCase(Locale.ROOT), pair[1]);
        }
        String body = method.equals("HEAD") ? "" : parts[1].substring(end + 2);
        return new Exchange(
                method, command.group(4), headers, new RawHttp.Answer(head[0], answered, body));
    }
}
