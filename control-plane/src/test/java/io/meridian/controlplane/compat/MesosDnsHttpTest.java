package io.meridian.controlplane.compat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.dns.ServedZone;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRow;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Mesos-DNS's API over real HTTP: cases that the recorded transcript lacks. */
class MesosDnsHttpTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ServedZone SMALL =
            Served.mesos(7, Served.rows("marathon:/web web.1", "web.marathon.mesos A 10.0.0.1"));
    private static final Served.Node NODE = new Served.Node(List.of(SMALL));
    private static Listening server;

    @BeforeAll
    static void start() throws Exception {
        MesosDnsApi api = api(true);
        server = new Listening(request -> CompletableFuture.completedFuture(api.answer(request)));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void back() {
        NODE.zones = List.of(SMALL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
    void everyMethodButGetIsRefused(String method) throws Exception {
        RawHttp.Answer answer =
                RawHttp.send(
                        server.address(),
                        method
                                + " /v1/version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                + "Content-Length: 2\r\n\r\nhi");

        assertThat(answer.status()).isEqualTo("HTTP/1.1 405 Method Not Allowed");
        assertThat(answer.body()).isEqualTo("405: Method Not Allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1",
                "/v1/",
                "//v1/version",
                "/v1//version",
                "/v1/version//",
                "/V1/version",
                "/v1/VERSION",
                "/v1/version/x",
                "/v1/hosts",
                "/v1/hosts/a/b",
                "/v1/hosts/a/ports/b",
                "/v1/hosts/a%2Fports",
                "/v1/services/a/ports",
                "/v1/axfr/x",
                "/v2/version",
                "/v1/hosts/../nothing"
            })
    void otherPathsAreNotFound(String path) throws Exception {
        RawHttp.Answer answer = RawHttp.ask(server.address(), "GET", path);

        assertThat(answer.status()).isEqualTo("HTTP/1.1 404 Not Found");
        assertThat(answer.body()).isEqualTo("404: Page Not Found");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/* | 200",
                "text/html, */*;q=0.1 | 200",
                "application/json;q=0 | 200",
                "text/html,application/json | 200",
                "application/* | 406",
                "text/html | 406",
                "application/xml;q=0.9, text/plain | 406"
            })
    void acceptIsReadAsMesosDnsReadsIt(String accept, int status) throws Exception {
        assertThat(server.get("/v1/version", "Accept", accept).statusCode()).isEqualTo(status);
        assertThat(server.get("/v1/hosts/x/ports", "Accept", accept).statusCode())
                .isEqualTo(status == 200 ? 501 : status);
    }

    @Test
    void namesArePercentDecoded() throws Exception {
        assertThat(server.get("/v1/hosts/%77eb.marathon.mesos").body()).contains("10.0.0.1");
        assertThat(server.get("/v1/services/%3Cb%3E%C3%A9").body()).contains("\"service\": \"\"");
    }

    @Test
    void aHugePathIsRefusedAndTheNextRequestIsAnswered() throws Exception {
        RawHttp.Answer answer =
                RawHttp.ask(server.address(), "GET", "/v1/hosts/" + "a".repeat(100_000));

        assertThat(answer.status()).startsWith("HTTP/1.1 4");
        assertThat(server.get("/v1/version").statusCode()).isEqualTo(200);
    }

    @Test
    void beforeTheFirstImageAnswersAre503() throws Exception {
        NODE.zones = List.of(Served.awaited(SMALL));

        for (String path :
                List.of(
                        "/v1/hosts/web.marathon.mesos",
                        "/v1/services/x",
                        "/v1/enumerate",
                        "/v1/axfr")) {
            HttpResponse<String> answer = server.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(503);
            assertThat(answer.body())
                    .isEqualTo("503: no complete image of zone mesos has come yet");
        }
        assertThat(server.get("/v1/version").statusCode()).isEqualTo(200);
        assertThat(server.get("/v1/config").statusCode()).isEqualTo(200);
    }

    @Test
    void wholeZonesCanBeSwitchedOff() throws Exception {
        MesosDnsApi api = api(false);
        try (Listening other =
                new Listening(request -> CompletableFuture.completedFuture(api.answer(request)))) {
            assertThat(other.get("/v1/enumerate").statusCode()).isEqualTo(404);
            assertThat(other.get("/v1/axfr").body()).isEqualTo("404: Page Not Found");
            assertThat(other.get("/v1/hosts/web.marathon.mesos").body()).contains("10.0.0.1");
            assertThat(other.get("/v1/config").body()).contains("\"EnumerationOn\": false");
        }
    }

    @Test
    void manyClientsGetTheSameAnswer() throws Exception {
        String expected = server.get("/v1/axfr").body();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                answers.add(clients.submit(() -> server.get("/v1/axfr").body()));
            }
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo(expected);
            }
        }
    }

    @Test
    void aHundredThousandRecordsCome() throws Exception {
        NODE.zones = List.of(Served.mesos(8, many(100_000)));

        HttpResponse<String> answer = server.get("/v1/axfr");

        assertThat(answer.headers().firstValue("transfer-encoding")).contains("chunked");
        JsonNode records = JSON.readTree(answer.body()).path("Records").path("As");
        assertThat(records.size()).isEqualTo(100_000);
        assertThat(JSON.readTree(server.get("/v1/enumerate").body()).findValues("rtype"))
                .hasSize(100_000);
    }

    /** Each client requests a large answer and does not read it. */
    @Test
    void clientsThatReadNothingDelayNoOtherClient() throws Exception {
        NODE.zones = List.of(Served.mesos(8, many(100_000)));
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                Socket socket = new Socket();
                slow.add(socket);
                socket.setReceiveBufferSize(4096);
                socket.connect(server.address());
                socket.getOutputStream()
                        .write(
                                "GET /v1/axfr HTTP/1.1\r\nHost: x\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }

            assertThat(server.get("/v1/hosts/t7.marathon.mesos").body()).contains("10.0.0.7");
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    private static List<ZoneRow> many(int count) {
        return IntStream.range(0, count)
                .mapToObj(
                        i ->
                                new ZoneRow(
                                        "mesos",
                                        "t" + i + ".marathon.mesos",
                                        RecordType.A,
                                        "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255),
                                        "marathon:/t" + i + " t." + i))
                .toList();
    }

    private static MesosDnsApi api(boolean enumeration) {
        return new MesosDnsApi(
                NODE,
                "mesos",
                new MesosDnsConfig(
                        60,
                        new MesosDnsConfig.Listener("0.0.0.0", 53),
                        new MesosDnsConfig.Listener("0.0.0.0", 8123),
                        2,
                        List.of(),
                        new TreeMap<>(),
                        List.of("netinfo", "host"),
                        1,
                        false,
                        enumeration,
                        true));
    }
}
