package io.meridian.simulator.marathon.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.marathon.EventStreamClient;
import io.meridian.simulator.marathon.MarathonClient;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

class FaultsTest {
    private SimulatedMarathon marathon;
    private MarathonClient client;

    @BeforeEach
    void start() throws Exception {
        marathon =
                SimulatedMarathon.start(
                        SimulatedMarathonSettings.defaults()
                                .withSeed(5)
                                .withHeartbeat(Duration.ofMillis(50)));
        client = new MarathonClient(marathon.url());
        marathon.deploy("{\"id\":\"/a\",\"cmd\":\"x\",\"instances\":3}");
        marathon.deploy("{\"id\":\"/b\",\"cmd\":\"x\"}");
        MarathonClient.await(() -> !marathon.isDeploying());
    }

    @AfterEach
    void stop() {
        client.close();
        marathon.close();
    }

    private EventStreamClient attached() throws IOException {
        EventStreamClient stream = EventStreamClient.attach(marathon.url());
        stream.awaitType("event_stream_attached");
        return stream;
    }

    /** Publishes one event that a test can recognise. */
    private void say(String app, boolean healthy) {
        marathon.setHealth(marathon.runningTasks(app).getFirst().id(), healthy);
    }

    @Test
    void aStreamEndsWithFin() throws Exception {
        try (EventStreamClient stream = attached()) {
            marathon.faults().endStreams(Ending.CLOSE);
            assertThat(stream.awaitEnd()).isEqualTo("FIN");
        }
    }

    /** Ends many streams at once, so that some end before their writers wake up and some after. */
    @Test
    void aResetEndsTheStreamWithRstUnderLoad() throws Exception {
        for (int round = 0; round < 5; round++) {
            List<EventStreamClient> streams = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                streams.add(attached());
            }
            marathon.faults().endStreams(Ending.RESET);
            for (EventStreamClient stream : streams) {
                assertThat(stream.awaitEnd()).contains("reset");
                stream.close();
            }
        }
    }

    @Test
    void aStreamEndsInsideAFrame() throws Exception {
        try (EventStreamClient stream = attached()) {
            marathon.faults().onEvents(1, new EventEffect.CutInside(0.5, Ending.CLOSE));
            say("/a", true);
            stream.awaitEnd();
            String rest = stream.body().substring(stream.body().lastIndexOf("event: "));
            assertThat(rest)
                    .startsWith("event: health_status_changed_event\r\ndata: {")
                    .doesNotEndWith("\r\n");
            assertThat(stream.events()).hasSize(1);
        }
    }

    @Test
    void anEventIsDropped() throws Exception {
        try (EventStreamClient stream = attached()) {
            marathon.faults().onEvents("health_status_changed_event", 1, new EventEffect.Drop());
            say("/a", true);
            stream.awaitCount("instance_health_changed_event", 2);
            assertThat(stream.types()).doesNotContain("health_status_changed_event");
        }
    }

    @Test
    void anEventComesTwice() throws Exception {
        try (EventStreamClient stream = attached()) {
            marathon.faults()
                    .onEvents("health_status_changed_event", 1, new EventEffect.Duplicate());
            say("/a", true);
            stream.awaitCount("instance_health_changed_event", 2);
            assertThat(stream.types().stream().filter("health_status_changed_event"::equals))
                    .hasSize(2);
        }
    }

    @Test
    void aGroupOfEventsComesLastFirst() throws Exception {
        try (EventStreamClient stream = attached()) {
            marathon.faults().onEvents(3, new EventEffect.Reorder(3));
            say("/a", true);
            stream.awaitCount("instance_health_changed_event", 2);
            stream.awaitType("health_status_changed_event");
            assertThat(stream.types().subList(1, 4))
                    .containsExactly(
                            "instance_health_changed_event",
                            "instance_health_changed_event",
                            "health_status_changed_event");
        }
    }

    @Test
    void aDelayedEventIsOvertaken() throws Exception {
        try (EventStreamClient stream = attached()) {
            marathon.faults()
                    .onEvents(
                            "health_status_changed_event",
                            1,
                            new EventEffect.Delay(Duration.ofMillis(300)));
            say("/a", true);
            stream.awaitType("health_status_changed_event");
            assertThat(stream.types())
                    .containsSubsequence(
                            "instance_health_changed_event", "health_status_changed_event");
        }
    }

    @Test
    void aSilentStreamSendsNothingUntilSilenceEnds() throws Exception {
        try (EventStreamClient stream = attached()) {
            marathon.faults().silence(true);
            int before = stream.bodyLength();
            say("/a", true);
            Thread.sleep(300);
            assertThat(stream.bodyLength()).isLessThanOrEqualTo(before + 2);
            marathon.faults().silence(false);
            say("/a", false);
            stream.awaitType("health_status_changed_event");
        }
    }

    @Test
    void attachFaultsApplyInOrderAndAsOftenAsRequested() throws Exception {
        marathon.faults()
                .onAnswers(AnswerTarget.ATTACH, 1, new AnswerEffect.Status(503))
                .onAnswers(AnswerTarget.ATTACH, 1, new AnswerEffect.Status(401))
                .onAnswers(
                        AnswerTarget.ATTACH,
                        1,
                        new AnswerEffect.Redirect("http://127.0.0.9:1/v2/events"));
        assertThat(attach().statusCode()).isEqualTo(503);
        HttpResponse<byte[]> unauthorized = attach();
        assertThat(unauthorized.statusCode()).isEqualTo(401);
        assertThat(unauthorized.headers().firstValue("WWW-Authenticate"))
                .contains("basic realm=\"null\"");
        HttpResponse<byte[]> redirect = attach();
        assertThat(redirect.statusCode()).isEqualTo(302);
        assertThat(redirect.headers().firstValue("Location"))
                .contains("http://127.0.0.9:1/v2/events");
        attached().close();
    }

    private HttpResponse<byte[]> attach() throws Exception {
        return client.get("/v2/events", "Accept", "text/event-stream");
    }

    @Test
    void aListingIsEmptyForATimeAndThenWhole() throws Exception {
        marathon.faults().onAnswers(AnswerTarget.LISTING, 2, new AnswerEffect.EmptyListing());
        assertThat(client.get("/v2/apps?embed=apps.tasks").body())
                .asString()
                .isEqualTo("{\"apps\":[]}");
        assertThat(client.get("/v2/pods/::status").body()).asString().isEqualTo("[]");
        assertThat(client.json("/v2/apps").path("apps")).hasSize(2);
    }

    @Test
    void chosenAppsAndTasksAreMissingFromAListingButNotFromSingleReads() throws Exception {
        String task = marathon.runningTasks("/a").getFirst().id();
        marathon.faults()
                .onAnswers(
                        AnswerTarget.LISTING,
                        Faults.ALWAYS,
                        new AnswerEffect.PartialListing(0, Set.of("/b", task)));
        JsonNode apps = client.json("/v2/apps?embed=apps.tasks").path("apps");
        assertThat(apps).hasSize(1);
        assertThat(apps.path(0).path("tasks")).hasSize(2);
        assertThat(client.json("/v2/tasks").path("tasks")).hasSize(2);
        assertThat(client.get("/v2/apps//b").statusCode()).isEqualTo(200);
        marathon.faults().clear();
        assertThat(client.json("/v2/apps").path("apps")).hasSize(2);
    }

    @Test
    void aShareOfAListingIsMissingAtRandom() throws Exception {
        for (int i = 0; i < 40; i++) {
            marathon.deploy("{\"id\":\"/many-" + i + "\",\"cmd\":\"x\",\"instances\":0}");
        }
        marathon.faults()
                .onAnswers(AnswerTarget.LISTING, 1, new AnswerEffect.PartialListing(0.5, Set.of()));
        assertThat(client.json("/v2/apps").path("apps").size()).isBetween(8, 34);
    }

    @Test
    void aBodyEndsBeforeItsContentLength() {
        marathon.faults().onAnswers(AnswerTarget.LISTING, 1, new AnswerEffect.Truncate(0.5));
        assertThatThrownBy(() -> client.get("/v2/apps")).isInstanceOf(IOException.class);
        assertThat(statusOf("/v2/apps")).isEqualTo(200);
    }

    @Test
    void faultsOfReadsApplyOnlyToTheirTarget() throws Exception {
        marathon.faults().onAnswers(AnswerTarget.SINGLE, 1, new AnswerEffect.Status(500));
        assertThat(statusOf("/v2/apps")).isEqualTo(200);
        assertThat(statusOf("/v2/apps//a")).isEqualTo(500);
        assertThat(statusOf("/v2/apps//a")).isEqualTo(200);
        marathon.faults().onAnswers(AnswerTarget.READ, 1, new AnswerEffect.Hangup(Ending.RESET));
        // a raw socket, because the JDK's client retries idempotent reads
        try (EventStreamClient raw =
                EventStreamClient.attach(marathon.url(), "/v2/apps", "Accept: application/json")) {
            assertThat(raw.awaitEnd()).contains("reset");
            assertThat(raw.bytes()).isEmpty();
        }
    }

    private int statusOf(String path) {
        try {
            return client.get(path).statusCode();
        } catch (IOException | InterruptedException fault) {
            throw new AssertionError(fault);
        }
    }

    @Test
    void anAnswerComesLateAndTheLeaderChangesBetweenAnswers() throws Exception {
        marathon.faults()
                .onAnswers(AnswerTarget.LISTING, 1, new AnswerEffect.Delay(Duration.ofMillis(300)))
                .onAnswers(
                        AnswerTarget.LISTING,
                        1,
                        new AnswerEffect.LeaderHeader("http://10.0.0.1:8080"))
                .onAnswers(
                        AnswerTarget.LISTING,
                        1,
                        new AnswerEffect.LeaderHeader("http://10.0.0.2:8080"));
        long before = System.nanoTime();
        assertThat(client.get("/v2/apps").headers().firstValue("X-Marathon-Leader"))
                .contains("http://10.0.0.1:8080");
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(300_000_000L);
        assertThat(client.get("/v2/tasks").headers().firstValue("X-Marathon-Leader"))
                .contains("http://10.0.0.2:8080");
        assertThat(client.get("/v2/apps").headers().firstValue("X-Marathon-Leader"))
                .contains(marathon.url().toString());
    }

    @Test
    void everyFaultCanBeAskedForOverHttpAndSeenAndCleared() throws Exception {
        for (String fault :
                List.of(
                        "{\"fault\":\"drop-events\",\"times\":2,\"event_type\":\"status_update_event\"}",
                        "{\"fault\":\"delay-events\",\"millis\":5}",
                        "{\"fault\":\"duplicate-events\"}",
                        "{\"fault\":\"reorder-events\",\"times\":4,\"group\":2}",
                        "{\"fault\":\"cut-inside-event\",\"share\":0.3,\"ending\":\"reset\"}",
                        "{\"fault\":\"delay-answers\",\"target\":\"attach\",\"millis\":1}",
                        "{\"fault\":\"status\",\"target\":\"single\",\"status\":500}",
                        "{\"fault\":\"redirect\",\"target\":\"attach\",\"url\":\"http://127.0.0.1:1/\"}",
                        "{\"fault\":\"hangup\",\"target\":\"listing\"}",
                        "{\"fault\":\"empty-listing\",\"times\":\"always\"}",
                        "{\"fault\":\"partial-listing\",\"ids\":[\"/a\"]}",
                        "{\"fault\":\"truncate\",\"target\":\"listing\"}",
                        "{\"fault\":\"leader-header\",\"value\":\"http://x\"}",
                        "{\"fault\":\"end-streams\"}",
                        "{\"fault\":\"silence\"}")) {
            assertThat(client.send("POST", "/sim/faults", fault).statusCode())
                    .as(fault)
                    .isEqualTo(201);
        }
        assertThat(client.json("/sim/faults").path("pending")).hasSize(14);
        assertThat(client.send("DELETE", "/sim/faults", "").body())
                .asString()
                .isEqualTo("{\"pending\":[]}\n");
        assertThat(client.json("/v2/apps").path("apps")).hasSize(2);
    }

    @Test
    void aFaultThatIsWrongIsRefusedWithAReason() throws Exception {
        HttpResponse<byte[]> unknown = client.send("POST", "/sim/faults", "{\"fault\":\"nosuch\"}");
        assertThat(unknown.statusCode()).isEqualTo(422);
        assertThat(new String(unknown.body(), StandardCharsets.UTF_8)).contains("unknown fault");
        assertThat(client.send("POST", "/sim/faults", "{").statusCode()).isEqualTo(400);
        assertThat(
                        client.send("POST", "/sim/faults", "{\"fault\":\"truncate\",\"share\":7}")
                                .statusCode())
                .isEqualTo(422);
    }
}
