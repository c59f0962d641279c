package io.meridian.simulator.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.simulator.http.WireExchange;
import io.meridian.simulator.http.WireServer;
import io.meridian.simulator.marathon.fault.Emission;
import io.meridian.simulator.marathon.fault.Ending;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The bytes on the wire, against those recorded from Marathon 1.11. */
class EventWireTest {
    private static final String STREAM = "text/event-stream";
    private static final Clock FIXED =
            Clock.fixed(Instant.parse("2026-11-22T08:14:00.852Z"), ZoneOffset.UTC);

    private SimulatedMarathon marathon;
    private MarathonClient client;

    @BeforeEach
    void start() {
        marathon =
                SimulatedMarathon.start(
                        SimulatedMarathonSettings.defaults()
                                .withClock(FIXED)
                                .withPace(Pace.INSTANT)
                                .withHeartbeat(Duration.ofMillis(200)));
        client = new MarathonClient(marathon.url());
    }

    @AfterEach
    void stop() {
        client.close();
        marathon.close();
    }

    @Test
    void headAndFirstEventAreMarathonsByteForByte() throws Exception {
        try (EventStreamClient stream = EventStreamClient.attach(marathon.url())) {
            stream.awaitType("event_stream_attached");
            assertThat(stream.head())
                    .isEqualTo(
                            "HTTP/1.1 200 OK\r\n"
                                    + "Date: Sun, 22 Nov 2026 08:14:00 GMT\r\n"
                                    + "X-Marathon-Leader: http://127.0.0.1:"
                                    + marathon.port()
                                    + "\r\n"
                                    + "X-Frame-Options: DENY\r\n"
                                    + "X-XSS-Protection: 1; mode=block\r\n"
                                    + "Cache-Control: no-cache, no-store, must-revalidate\r\n"
                                    + "Pragma: no-cache\r\n"
                                    + "Expires: 0\r\n"
                                    + "Content-Type: text/event-stream;charset=utf-8\r\n"
                                    + "Connection: close\r\n\r\n");
            assertThat(stream.body())
                    .startsWith(
                            "event: event_stream_attached\r\n"
                                + "data:"
                                + " {\"remoteAddress\":\"127.0.0.1\",\"eventType\":\"event_stream_attached\",\"timestamp\":\"2026-11-22T08:14:00.852Z\"}\r\n\r\n");
        }
    }

    @Test
    void heartbeatsAreEmptyLinesBetweenEvents() throws Exception {
        try (EventStreamClient stream = EventStreamClient.attach(marathon.url())) {
            stream.awaitState(() -> stream.body().contains("}\r\n\r\n\r\n\r\n"), "two heartbeats");
        }
    }

    @Test
    void aHeartbeatIsTwoWritesCrAndThenLf() throws Exception {
        List<String> flushes = new ArrayList<>();
        CompletableFuture<EventSubscriber> subscribed = new CompletableFuture<>();
        OutputStream recorder =
                new OutputStream() {
                    private final ByteArrayOutputStream since = new ByteArrayOutputStream();

                    @Override
                    public void write(int value) {
                        since.write(value);
                    }

                    @Override
                    public void flush() {
                        synchronized (flushes) {
                            if (since.size() > 0) {
                                flushes.add(since.toString(StandardCharsets.US_ASCII));
                            }
                        }
                        since.reset();
                    }
                };
        try (WireServer server =
                WireServer.start(
                        InetAddress.getLoopbackAddress(),
                        0,
                        (request, exchange) -> {
                            EventSubscriber subscriber = subscriberOf(exchange);
                            subscribed.complete(subscriber);
                            subscriber.run(recorder);
                        })) {
            try (EventStreamClient _ =
                    EventStreamClient.attach(URI.create("http://127.0.0.1:" + server.port()))) {
                EventFrame frame =
                        new EventFrame(
                                "x",
                                "event: x\r\ndata: {}\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                subscribed.join().offer(new Emission(frame, Duration.ZERO, Ending.GO_ON));
                MarathonClient.await(
                        () -> {
                            synchronized (flushes) {
                                return flushes.size() >= 5;
                            }
                        });
                subscribed.join().end();
            }
        }
        assertThat(flushes.subList(0, 5))
                .containsExactly("event: x\r\ndata: {}\r\n\r\n", "\r", "\n", "\r", "\n");
    }

    private static EventSubscriber subscriberOf(WireExchange exchange) {
        return new EventSubscriber(exchange, "127.0.0.1", Set.of(), 10, Duration.ofMillis(50));
    }

    @Test
    void anAcceptOtherThanEventStreamGetsTheRecorded405() throws Exception {
        for (String accept : List.of("*/*", STREAM + ";q=1", STREAM + ", */*", "text/html")) {
            HttpResponse<byte[]> refused = client.get("/v2/events", "Accept", accept);
            assertThat(refused.statusCode()).as(accept).isEqualTo(405);
            assertThat(refused.headers().firstValue("Cache-Control"))
                    .contains("must-revalidate,no-cache,no-store");
            assertThat(refused.body()).hasSize(311).asString().contains("<h2>HTTP ERROR 405</h2>");
        }
        HttpResponse<byte[]> json = client.get("/v2/events", "Accept", "application/json");
        assertThat(json.statusCode()).isEqualTo(405);
        assertThat(json.body()).isEmpty();
    }

    @Test
    void headAndOptionsAreAnsweredWithoutAStream() throws Exception {
        HttpResponse<byte[]> head = client.send("HEAD", "/v2/events", "", "Accept", STREAM);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Type"))
                .contains("text/event-stream;charset=utf-8");
        HttpResponse<byte[]> options = client.send("OPTIONS", "/v2/events", "", "Accept", STREAM);
        assertThat(options.headers().firstValue("Allow")).contains("GET, HEAD, OPTIONS");
    }

    @Test
    void onlyTheWantedTypesComeAndAnUnknownTypeIsNoError() throws Exception {
        try (EventStreamClient two =
                        EventStreamClient.attach(
                                marathon.url(),
                                "/v2/events?event_type=deployment_success&event_type=app_terminated_event",
                                "Accept: " + STREAM);
                EventStreamClient none =
                        EventStreamClient.attach(
                                marathon.url(),
                                "/v2/events?event_type=nosuch_event",
                                "Accept: " + STREAM)) {
            MarathonClient.await(() -> marathon.consumers() == 2);
            marathon.deploy("{\"id\":\"/a\",\"cmd\":\"x\"}");
            MarathonClient.await(() -> !marathon.isDeploying());
            marathon.delete("/a");
            two.awaitType("app_terminated_event");
            two.awaitCount("deployment_success", 2);
            assertThat(two.types()).containsOnly("deployment_success", "app_terminated_event");
            none.awaitState(() -> none.body().contains("\r\n\r\n"), "heartbeats");
            assertThat(none.events()).isEmpty();
        }
    }

    @Test
    void otherConsumersGetAttachedAndDetachedEvents() throws Exception {
        try (EventStreamClient first = EventStreamClient.attach(marathon.url())) {
            first.awaitType("event_stream_attached");
            try (EventStreamClient second = EventStreamClient.attach(marathon.url())) {
                second.awaitType("event_stream_attached");
                first.awaitCount("event_stream_attached", 2);
            }
            first.awaitType("event_stream_detached");
        }
    }

    @Test
    void aConsumerThatIsTooFarBehindIsCutOnceTooManyEventsWait() throws Exception {
        try (SimulatedMarathon small =
                        SimulatedMarathon.start(
                                SimulatedMarathonSettings.defaults()
                                        .withPace(Pace.INSTANT)
                                        .withOutstanding(50, 4096));
                EventStreamClient stalled = EventStreamClient.stalled(small.url())) {
            MarathonClient.await(() -> small.consumers() == 1);
            String label = "x".repeat(20_000);
            for (int i = 0; i < 200 && small.consumers() == 1; i++) {
                small.deploy(
                        "{\"id\":\"/a"
                                + i
                                + "\",\"cmd\":\"x\",\"instances\":0,\"labels\":{\"l\":\""
                                + label
                                + "\"}}");
            }
            MarathonClient.await(() -> small.consumers() == 0);
            stalled.resume();
            stalled.awaitEnd();
            assertThat(stalled.events()).isNotEmpty();
        }
    }

    @Test
    void aConsumerThatReadsIsNotCut() throws Exception {
        try (SimulatedMarathon small =
                        SimulatedMarathon.start(
                                SimulatedMarathonSettings.defaults().withPace(Pace.INSTANT));
                EventStreamClient reader = EventStreamClient.attach(small.url())) {
            reader.awaitType("event_stream_attached");
            for (int i = 0; i < 40; i++) {
                small.deploy("{\"id\":\"/a" + i + "\",\"cmd\":\"x\",\"instances\":2}");
            }
            reader.awaitCount("deployment_success", 40);
            assertThat(small.consumers()).isEqualTo(1);
        }
    }

    @Test
    void restIsCompressedWhenAskedAndTheStreamNever() throws Exception {
        marathon.deploy("{\"id\":\"/a\",\"cmd\":\"x\"}");
        HttpResponse<byte[]> apps = client.get("/v2/apps", "Accept-Encoding", "gzip");
        assertThat(apps.headers().firstValue("Content-Encoding")).contains("gzip");
        try (var in =
                new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(apps.body()))) {
            assertThat(Json.readTrusted(in.readAllBytes())).isEqualTo(client.json("/v2/apps"));
        }
        try (EventStreamClient stream =
                EventStreamClient.attach(
                        marathon.url(),
                        "/v2/events",
                        "Accept: " + STREAM,
                        "Accept-Encoding: gzip")) {
            stream.awaitType("event_stream_attached");
        } catch (IOException fault) {
            throw new AssertionError(fault);
        }
    }
}
