package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.marathon.RawMarathon.EventStream;
import io.meridian.sources.marathon.RawMarathon.Reply;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The source against a server that sends Marathon's bytes. */
class MarathonSourceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ServiceId WEB = new ServiceId("marathon", "/web");
    private static final String QUICK =
            """
            meridian.sources.marathon {
              connect-timeout = 2 s, read-timeout = 10 s, request-timeout = 10 s, first-event-timeout = 10 s
              backoff { min = 200 ms, max = 400 ms }
              reread { debounce = 20 ms, longest-debounce = 100 ms }
            }
            """;

    private static ActorTestKit kit;
    private RawMarathon marathon;
    private TestProbe<SourceSignal> sink;
    private MarathonCounters counters;
    private ActorRef<MarathonSource.Command> source;

    @BeforeAll
    static void startSystem() {
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stopSystem() {
        kit.shutdownTestKit();
    }

    @BeforeEach
    void startMarathon() throws IOException {
        marathon = new RawMarathon();
        sink = kit.createTestProbe();
        counters = new MarathonCounters();
    }

    @AfterEach
    void stopAll() throws IOException {
        if (source != null) {
            kit.stop(source);
        }
        marathon.close();
    }

    @Test
    void attachesWithTheExactAcceptHeaderListsAfterTheFirstEventAndFollows() throws Exception {
        marathon.reply(
                "/v2/apps",
                Reply.json(apps(app("/web", task("web.instance-1._app.1", "TASK_RUNNING")))));
        start("");
        EventStream stream = marathon.nextStream();
        assertThat(marathon.requests.getFirst().headers())
                .containsEntry("Accept", "text/event-stream");
        assertThat(marathon.requests.getFirst().headers())
                .containsEntry("Accept-Encoding", "identity");
        sink.expectNoMessage(Duration.ofMillis(200));
        assertThat(marathon.requests).as("nothing is listed before the first event").hasSize(1);

        stream.attached();

        assertThat(next(SourceSignal.Attached.class).leader())
                .isEqualTo("127.0.0.1:" + marathon.port());
        SourceSignal.ListedAll listed = next(SourceSignal.ListedAll.class);
        assertThat(listed.services())
                .singleElement()
                .isInstanceOfSatisfying(
                        Observation.Listed.class,
                        service -> {
                            assertThat(service.service()).isEqualTo(WEB);
                            assertThat(service.current()).isTrue();
                            assertThat(service.fallback()).isFalse();
                            assertThat(service.tasks())
                                    .singleElement()
                                    .satisfies(
                                            task -> {
                                                assertThat(task.phase())
                                                        .isEqualTo(TaskPhase.RUNNING);
                                                assertThat(task.agent().addresses())
                                                        .containsExactly(
                                                                IpAddress.literal("10.0.0.4"));
                                            });
                        });

        stream.heartbeat();
        stream.send("event: status_upd");
        stream.send(
                "ate_event\r\n"
                    + "data:"
                    + " {\"taskId\":\"web.instance-2._app.1\",\"taskStatus\":\"TASK_RUNNING\",\"appId\":\"/web\",\"host\":\"10.0.0.5\",");
        stream.send(
                "\"ipAddresses\":[],\"ports\":[31001],\"slaveId\":\"S\",\"version\":\"2026-01-01T00:00:00.000Z\",\"eventType\":\"status_update_event\"}\r\n\r");
        stream.send("\n");
        TaskSighting seen = task();
        assertThat(seen.task().value()).isEqualTo("web.instance-2._app.1");
        assertThat(seen.hostPorts()).containsExactly(31001);
        assertThat(counters.snapshot().events()).containsEntry("status_update_event", 1L);
        assertThat(counters.snapshot().listings()).isEqualTo(1);
        assertThat(counters.snapshot().attached()).isTrue();
    }

    @Test
    void reconnectsWithBackoffAndListsAgainAfterEveryAttach() throws Exception {
        start("");
        attach();
        for (int round = 1; round <= 3; round++) {
            lastStream.end();
            assertThat(next(SourceSignal.Detached.class).attempt()).isEqualTo(1);
            attach();
        }
        assertThat(marathon.asked("/v2/events")).isEqualTo(4);
        assertThat(counters.snapshot().listings()).isEqualTo(4);
        assertThat(counters.snapshot().streamFailures()).isEqualTo(3);
    }

    @Test
    void aServerThatClosesAtOnceIsTriedWithGrowingDelays() throws Exception {
        marathon.events(_ -> Reply.status(503));
        start("backoff { min = 1 s, max = 2 s }");
        for (int attempt = 1; attempt <= 3; attempt++) {
            SourceSignal.Detached detached = next(SourceSignal.Detached.class);
            assertThat(detached.attempt()).isEqualTo(attempt);
            assertThat(detached.cause()).contains("503");
        }
        assertThat(marathon.asked("/v2/events"))
                .as("every failed attempt is reported")
                .isBetween(3L, 4L);
        assertThat(marathon.asked("/v2/apps")).isZero();
    }

    @Test
    void aMarathonThatStartsLaterIsFound() throws Exception {
        int port = marathon.port();
        marathon.close();
        start("urls = [\"http://127.0.0.1:" + port + "\"]");
        assertThat(next(SourceSignal.Detached.class).cause()).isNotEmpty();
        marathon = new RawMarathon(port);
        attach();
    }

    @Test
    void urlsAreTriedInTurn() throws Exception {
        try (RawMarathon dead = new RawMarathon()) {
            dead.events(_ -> Reply.status(502));
            start("urls = [\"" + dead.url() + "\", \"" + marathon.url() + "\"]");
            assertThat(next(SourceSignal.Detached.class).cause())
                    .contains(dead.url(), "502", "no leader");
            attach();
            assertThat(dead.asked("/v2/events")).isEqualTo(1);
        }
    }

    @Test
    void afterARedirectAllRequestsGoToTheLeader() throws Exception {
        try (RawMarathon standby = new RawMarathon()) {
            standby.events(_ -> Reply.status(302).with("Location", marathon.url() + "/v2/events"));
            start("urls = [\"" + standby.url() + "\"]");
            attach();
            assertThat(standby.requests).hasSize(1);
            assertThat(marathon.asked("/v2/apps")).isEqualTo(1);
        }
    }

    @Test
    void aRedirectLoopIsReportedAndNotFollowed() throws Exception {
        marathon.events(_ -> Reply.status(302).with("Location", marathon.url() + "/v2/events"));
        start("backoff { min = 1 m, max = 1 m }");
        assertThat(next(SourceSignal.Detached.class).cause())
                .contains("redirects to \"" + marathon.url(), "after 1 redirects");
        assertThat(marathon.asked("/v2/events")).isEqualTo(2);
    }

    @Test
    void credentialsGoOnlyToHostsThatTheOperatorLists() throws Exception {
        try (RawMarathon standby = new RawMarathon()) {
            // same machine, but another name: not in urls
            standby.events(
                    _ ->
                            Reply.status(302)
                                    .with(
                                            "Location",
                                            "http://localhost:" + marathon.port() + "/v2/events"));
            marathon.events(
                    request ->
                            request.headers().containsKey("Authorization")
                                    ? RawMarathon.STREAM
                                    : Reply.status(401));
            start("urls = [\"" + standby.url() + "\"], credentials { token = \"abc\" }");
            assertThat(next(SourceSignal.Detached.class).cause())
                    .contains("401", "add localhost to allowed-redirect-hosts");
            assertThat(standby.requests.getFirst().headers())
                    .containsEntry("Authorization", "token=abc");
            assertThat(marathon.requests.getFirst().headers()).doesNotContainKey("Authorization");
            kit.stop(source);

            sink = kit.createTestProbe();
            start(
                    "urls = [\""
                            + standby.url()
                            + "\"], credentials { token = \"abc\" }, allowed-redirect-hosts ="
                            + " [\"localhost\"]");
            attach();
            assertThat(marathon.requests.getLast().headers())
                    .containsEntry("Authorization", "token=abc");
        }
    }

    @Test
    void refusalsNameTheCauseAndTheSetting() throws Exception {
        AtomicInteger n = new AtomicInteger();
        marathon.events(
                _ ->
                        switch (n.getAndIncrement()) {
                            case 0 -> Reply.status(401);
                            case 1 -> Reply.status(405);
                            case 2 -> Reply.status(200);
                            default ->
                                    Reply.status(302).with("Location", "http://login.example.org/");
                        });
        start("");
        assertThat(next(SourceSignal.Detached.class).cause())
                .contains("401", "sources.marathon.credentials");
        assertThat(next(SourceSignal.Detached.class).cause()).contains("405", "Accept");
        assertThat(next(SourceSignal.Detached.class).cause())
                .contains("text/html", "not an event stream");
        assertThat(next(SourceSignal.Detached.class).cause()).contains("http://login.example.org/");
    }

    @Test
    void silenceEndsTheStreamAndAHeartbeatDoesNot() throws Exception {
        start("read-timeout = 1 s");
        attach();
        EventStream stream = lastStream;
        for (int i = 0; i < 8; i++) { // twice the timeout in heartbeats
            stream.heartbeat();
            sink.expectNoMessage(Duration.ofMillis(250));
        }
        assertThat(next(SourceSignal.Detached.class).cause()).contains("no byte for 1.0 s");
        attach();
    }

    @Test
    void withoutAFirstEventItListsAnywayAndAgainWhenOneComes() throws Exception {
        start("first-event-timeout = 200 ms");
        EventStream stream = marathon.nextStream();
        next(SourceSignal.Attached.class);
        next(SourceSignal.ListedAll.class);
        stream.attached();
        next(SourceSignal.ListedAll.class);
    }

    @Test
    void anIncompleteEventAtTheEndIsDiscarded() throws Exception {
        start("");
        attach();
        lastStream.send("event: app_terminated_event\r\ndata: {\"appId\":\"/web\"}\r\n");
        lastStream.end();
        next(SourceSignal.Detached.class);
        assertThat(counters.snapshot().events()).doesNotContainKey("app_terminated_event");
    }

    @Test
    void aStreamThatEndsWithoutAnyEventMeansThatTheLeaderIsNotReady() throws Exception {
        start("");
        marathon.nextStream().end();
        assertThat(next(SourceSignal.Detached.class).cause()).contains("before its first event");
        attach();
    }

    @Test
    void partsOfAListingFromDifferentLeadersAreNoListing() throws Exception {
        AtomicInteger n = new AtomicInteger();
        marathon.reply(
                "/v2/pods/::status",
                _ ->
                        n.getAndIncrement() == 0
                                ? Reply.json("[]")
                                        .with("X-Marathon-Leader", "http://10.0.0.99:8080")
                                : Reply.json("[]"));
        start("");
        marathon.nextStream().attached();
        next(SourceSignal.Attached.class);
        assertThat(next(SourceSignal.ListingFailed.class).cause()).contains("10.0.0.99:8080");
        next(SourceSignal.ListedAll.class);
    }

    @Test
    void aLastingLeaderMismatchReconnects() throws Exception {
        marathon.reply(
                "/v2/apps",
                Reply.json("{\"apps\":[]}").with("X-Marathon-Leader", "http://10.0.0.99:8080"));
        start("");
        marathon.nextStream().attached();
        next(SourceSignal.Attached.class);
        for (int i = 0; i < 3; i++) {
            next(SourceSignal.ListingFailed.class);
        }
        assertThat(next(SourceSignal.Detached.class).cause()).contains("10.0.0.99:8080");
        marathon.nextStream();
    }

    @Test
    void compressedListingsAreRead() throws Exception {
        marathon.reply(
                "/v2/apps",
                request ->
                        request.headers().getOrDefault("Accept-Encoding", "").contains("gzip")
                                ? Reply.json(apps(app("/web", ""))).gzipped()
                                : Reply.status(500));
        start("");
        marathon.nextStream().attached();
        next(SourceSignal.Attached.class);
        assertThat(next(SourceSignal.ListedAll.class).services()).hasSize(1);
    }

    @Test
    void aTruncatedOrInvalidListingIsNotEmpty() throws Exception {
        AtomicInteger n = new AtomicInteger();
        marathon.reply(
                "/v2/apps",
                _ ->
                        switch (n.getAndIncrement()) {
                            case 0 -> Reply.json("{\"apps\":[" + app("/web", ""));
                            case 1 -> Reply.json("{}");
                            case 2 -> Reply.status(503);
                            default -> Reply.json("{\"apps\":[]}");
                        });
        start("");
        marathon.nextStream().attached();
        next(SourceSignal.Attached.class);
        assertThat(next(SourceSignal.ListingFailed.class).cause()).contains("is not JSON");
        assertThat(next(SourceSignal.ListingFailed.class).cause()).contains("$.apps");
        assertThat(next(SourceSignal.ListingFailed.class).cause()).contains("503");
        assertThat(next(SourceSignal.ListedAll.class).services()).isEmpty();
    }

    @Test
    void anEntryWithoutIdCostsItselfAndProofOfRemovals() throws Exception {
        marathon.reply(
                "/v2/apps", Reply.json("{\"apps\":[" + app("/web", "") + ",{\"id\":null}]}"));
        start("");
        marathon.nextStream().attached();
        next(SourceSignal.Attached.class);
        SourceSignal.ListedAll listed = next(SourceSignal.ListedAll.class);
        assertThat(listed.services()).extracting(Observation.Listing::service).containsExactly(WEB);
        assertThat(listed.exceptions().nameless()).isTrue();
        assertThat(listed.exceptions().sentences())
                .containsExactly(
                        "path=$.apps[1].id: is missing; no service counts as removed meanwhile");
        assertThat(counters.snapshot().unreadable()).isEqualTo(1);
    }

    @Test
    void anEntryWithARefusedIdCostsItselfOnly() throws Exception {
        marathon.reply(
                "/v2/apps",
                Reply.json("{\"apps\":[" + app("/web", "") + ",{\"id\":\"/a\\u0000\"}]}"));
        start("");
        marathon.nextStream().attached();
        next(SourceSignal.Attached.class);
        SourceSignal.ListedAll listed = next(SourceSignal.ListedAll.class);
        assertThat(listed.services()).extracting(Observation.Listing::service).containsExactly(WEB);
        assertThat(listed.exceptions().nameless()).isFalse();
        assertThat(listed.exceptions().sentences().getFirst())
                .contains("U+0000", "this entry is left out");
    }

    @Test
    void anEventWithARefusedIdIsSkippedAndCausesNoListing() throws Exception {
        start("");
        attach();
        lastStream.event("app_terminated_event", "\"appId\":\"/a\\u0000\"");
        lastStream.event("status_update_event", status("web.instance-1._app.1", "TASK_RUNNING"));
        assertThat(task().task().value()).isEqualTo("web.instance-1._app.1");
        assertThat(counters.snapshot().unreadable()).isEqualTo(1);
        assertThat(marathon.asked("/v2/apps")).isEqualTo(1);
    }

    @Test
    void aPodThatIsNotDefinedAnyMoreIsNoFailedRead() throws Exception {
        start("");
        attach();
        for (String words : List.of("Pod '/p' does not exist", "pod with id /p not found")) {
            marathon.reply("/v2/pods/p::status", Reply.message(404, words));
            source.tell(
                    new MarathonSource.Do(
                            new SourceCommand.Reread(new ServiceId("marathon", "/p"))));
            assertThat(next(SourceSignal.NotDefined.class).service().path()).isEqualTo("/p");
        }
        assertThat(counters.snapshot().rereadFailures()).isZero();
    }

    @Test
    void aResponseBeyondTheLimitNamesTheSetting() throws Exception {
        marathon.reply("/v2/apps", Reply.json(apps(app("/web", "") + " ".repeat(5000))).gzipped());
        start("listing.max-size = 1 KiB");
        marathon.nextStream().attached();
        next(SourceSignal.Attached.class);
        assertThat(next(SourceSignal.ListingFailed.class).cause())
                .isEqualTo(
                        "the response is larger than 1024 bytes (meridian.sources.marathon"
                                + ".listing.max-size, at most a fifth of the heap)");
    }

    @Test
    void aRedirectToANameWithoutAddressIsToldWithBothServers() throws Exception {
        marathon.events(
                _ ->
                        Reply.status(302)
                                .with("Location", "http://leader.corp.invalid:8080/v2/events"));
        start("backoff { min = 1 m, max = 1 m }");
        assertThat(next(SourceSignal.Detached.class).cause())
                .isEqualTo(
                        marathon.url()
                                + " redirects to leader.corp.invalid:8080, which has no address");
    }

    @Test
    void aMarathonWithoutPodsIsListedByItsAppsAlone() throws Exception {
        marathon.reply("/v2/pods/::status", Reply.status(404));
        marathon.reply("/v2/apps", Reply.json(apps(app("/web", ""))));
        start("");
        marathon.nextStream().attached();
        next(SourceSignal.Attached.class);
        assertThat(next(SourceSignal.ListedAll.class).services()).hasSize(1);
        source.tell(
                new MarathonSource.Do(
                        new SourceCommand.Reread(new ServiceId("marathon", "/gone"))));
        assertThat(next(SourceSignal.NotDefined.class).service().path()).isEqualTo("/gone");
        assertThat(marathon.asked("/v2/pods/gone::status")).isZero();
    }

    @Test
    void a404AfterPodsWereSeenIsAFailure() throws Exception {
        marathon.reply("/v2/pods/::status", Reply.json("[" + pod("/p") + "]"));
        start("");
        marathon.nextStream().attached();
        next(SourceSignal.Attached.class);
        assertThat(next(SourceSignal.ListedAll.class).services()).hasSize(1);
        marathon.reply("/v2/pods/::status", Reply.status(404));
        source.tell(new MarathonSource.Do(new SourceCommand.ListAll()));
        assertThat(next(SourceSignal.ListingFailed.class).cause())
                .contains("/v2/pods/::status", "404");
    }

    @Test
    void aRereadOfAnUnknownKindTriesTheAppThenThePod() throws Exception {
        start("");
        attach();
        marathon.reply("/v2/pods/p::status", Reply.json(pod("/p")));
        source.tell(
                new MarathonSource.Do(new SourceCommand.Reread(new ServiceId("marathon", "/p"))));
        assertThat(next(SourceSignal.Observed.class).observation())
                .isInstanceOf(Observation.Listed.class);
        assertThat(marathon.asked("/v2/apps/p")).isEqualTo(1);
        source.tell(
                new MarathonSource.Do(new SourceCommand.Reread(new ServiceId("marathon", "/p"))));
        next(SourceSignal.Observed.class);
        assertThat(marathon.asked("/v2/apps/p")).as("now it is known to be a pod").isEqualTo(1);
    }

    @Test
    void onlyMarathonsOwn404IsEvidence() throws Exception {
        start("");
        attach();
        AtomicInteger n = new AtomicInteger();
        marathon.reply(
                "/v2/apps/web",
                _ ->
                        switch (n.getAndIncrement()) {
                            case 0 -> Reply.status(404);
                            default -> Reply.json("{\"app\":" + app("/web", "") + "}");
                        });
        source.tell(new MarathonSource.Do(new SourceCommand.Reread(WEB)));
        assertThat(next(SourceSignal.Observed.class).observation().service()).isEqualTo(WEB);
        assertThat(counters.snapshot().rereadFailures()).isEqualTo(1);
    }

    @Test
    void aVersionIsReadOrReportedUnavailable() throws Exception {
        start("");
        attach();
        marathon.reply(
                "/v2/apps/web/versions/2026-01-01T00:00:00.000Z", Reply.json(app("/web", "")));
        Instant v1 = Instant.parse("2026-01-01T00:00:00Z");
        source.tell(new MarathonSource.Do(new SourceCommand.ReadVersion(WEB, v1)));
        SourceSignal.VersionRead read = next(SourceSignal.VersionRead.class);
        assertThat(read.version()).isEqualTo(v1);
        assertThat(read.observation())
                .hasValueSatisfying(
                        defined -> assertThat(defined.definition().version()).isEqualTo(v1));
        source.tell(new MarathonSource.Do(new SourceCommand.ReadVersion(WEB, v1.plusSeconds(1))));
        assertThat(next(SourceSignal.VersionRead.class).observation()).isEmpty();
    }

    @Test
    void anEventDuringAListingMarksItsServiceOutdated() throws Exception {
        start("");
        EventStream stream = marathon.nextStream();
        marathon.reply(
                "/v2/apps",
                _ -> {
                    try {
                        stream.event(
                                "instance_health_changed_event",
                                "\"instanceId\":\"web.instance-1\",\"runSpecId\":\"/web\",\"healthy\":true");
                        Thread.sleep(300);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return Reply.json(apps(app("/web", "") + "," + app("/other", "")));
                });
        marathon.reply("/v2/apps/web", Reply.json("{\"app\":" + app("/web", "") + "}"));
        stream.attached();
        next(SourceSignal.Attached.class);
        assertThat(next(SourceSignal.Observed.class).observation())
                .isEqualTo(new Observation.HealthSeen(WEB, "web.instance-1", Health.HEALTHY));
        assertThat(next(SourceSignal.ListedAll.class).services())
                .extracting(service -> service.service().path() + " " + service.current())
                .containsExactly("/web false", "/other true");
        assertThat(((Observation.Listed) next(SourceSignal.Observed.class).observation()).current())
                .isTrue();
    }

    @Test
    void aDeploymentOfManyTasksIsAFewRereads() throws Exception {
        marathon.reply("/v2/apps", Reply.json(apps(app("/web", ""))));
        marathon.reply("/v2/apps/web", Reply.json("{\"app\":" + app("/web", "") + "}"));
        start("");
        attach();
        String plan =
                "\"plan\":{\"id\":\"p\",\"steps\":[{\"actions\":[{\"action\":\"ScaleApplication\",\"app\":\"/web\"}]}]}";
        lastStream.event(
                "deployment_info",
                plan
                        + ",\"currentStep\":{\"actions\":[{\"action\":\"ScaleApplication\",\"app\":\"/web\"}]}");
        lastStream.event(
                "group_change_success",
                "\"groupId\":\"/\",\"version\":\"2026-01-01T00:00:00.000Z\"");
        for (int i = 0; i < 50; i++) {
            String instance = "web.instance-" + i;
            for (String state : List.of("TASK_STARTING", "TASK_RUNNING", "TASK_KILLED")) {
                lastStream.event("status_update_event", status(instance + "._app.1", state));
                String condition =
                        state.equals("TASK_KILLED")
                                ? "Killed"
                                : state.equals("TASK_RUNNING") ? "Running" : "Starting";
                lastStream.event("instance_changed_event", changed(instance, condition));
            }
        }
        lastStream.event("deployment_success", "\"id\":\"p\"," + plan);
        int tasks = 0;
        int listed = 0;
        while (tasks < 150 || listed < 1) {
            switch (next(SourceSignal.Observed.class).observation()) {
                case Observation.TaskSeen _ -> tasks++;
                case Observation.Listed _ -> listed++;
                default -> throw new AssertionError("unexpected");
            }
        }
        Thread.sleep(
                1500); // a read that events have outdated is repeated after a second; more must not
        // follow
        assertThat(marathon.asked("/v2/apps/web")).isBetween(1L, 3L);
        assertThat(marathon.asked("/v2/apps")).isEqualTo(1);
    }

    @Test
    void anEndWithoutAStatusIsHintedAndReadAgain() throws Exception {
        start("");
        attach();
        lastStream.event("instance_changed_event", changed("web.instance-1", "Killed"));
        SourceSignal.EndHinted hint = next(SourceSignal.EndHinted.class);
        assertThat(hint.service()).isEqualTo(WEB);
        assertThat(hint.instance()).contains("web.instance-1");
        assertThat(next(SourceSignal.NotDefined.class).service()).isEqualTo(WEB);
    }

    @Test
    void anUnexplainedGroupChangeCausesAListing() throws Exception {
        start("");
        attach();
        lastStream.event(
                "group_change_success",
                "\"groupId\":\"/shop\",\"version\":\"2026-01-01T00:00:00.000Z\"");
        next(SourceSignal.ListedAll.class);
    }

    @Test
    void manyOutdatedServicesAreReadByOneListing() throws Exception {
        start("reread { debounce = 1 s, longest-debounce = 1 s, listing-threshold = 5 }");
        attach();
        StringBuilder events = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            events.append(
                    "event: app_terminated_event\r\ndata: {\"appId\":\"/a%d\",\"eventType\":\"app_terminated_event\"}\r\n\r\n"
                            .formatted(i));
        }
        lastStream.send(events.toString()); // in one piece, so that all are due at one moment
        for (int i = 0; i < 6; i++) {
            next(SourceSignal.EndHinted.class);
        }
        next(SourceSignal.ListedAll.class);
    }

    @Test
    void namedAgentsAreResolvedAndTheirServicesReadAgain() throws Exception {
        String named =
                app(
                        "/web",
                        task("web.instance-1._app.1", "TASK_RUNNING")
                                .replace("10.0.0.4", "localhost"));
        marathon.reply("/v2/apps", Reply.json(apps(named)));
        marathon.reply("/v2/apps/web", Reply.json("{\"app\":" + named + "}"));
        start("");
        marathon.nextStream().attached();
        next(SourceSignal.Attached.class);
        assertThat(
                        ((Observation.Listed)
                                        next(SourceSignal.ListedAll.class).services().getFirst())
                                .tasks()
                                .getFirst()
                                .agent()
                                .addresses())
                .isEmpty();
        Observation.Listed again =
                (Observation.Listed) next(SourceSignal.Observed.class).observation();
        assertThat(again.tasks().getFirst().agent().addresses())
                .contains(IpAddress.literal("127.0.0.1"));
    }

    @Test
    void anUnreadableEventIsCountedAndTheStreamContinues() throws Exception {
        start("");
        attach();
        lastStream.event("status_update_event", "\"appId\":\"/web\"");
        lastStream.event("something_new_event", "");
        lastStream.event("status_update_event", status("web.instance-1._app.1", "TASK_RUNNING"));
        assertThat(task().task().value()).isEqualTo("web.instance-1._app.1");
        assertThat(counters.snapshot().unreadable()).isEqualTo(1);
        assertThat(counters.snapshot().unknown()).isEqualTo(1);
    }

    @Test
    void anEventWithoutEndDropsTheConnection() throws Exception {
        start("events.max-size = 1 KiB");
        attach();
        lastStream.send("data: " + "x".repeat(2000));
        assertThat(next(SourceSignal.Detached.class).cause())
                .contains("events.max-size = 1024 bytes");
        attach();
    }

    private EventStream lastStream;

    private void attach() throws Exception {
        lastStream = marathon.nextStream();
        lastStream.attached();
        SourceSignal signal = sink.receiveMessage(PATIENCE);
        while (signal instanceof SourceSignal.Detached) { // attempts before Marathon started
            signal = sink.receiveMessage(PATIENCE);
        }
        assertThat(signal).isInstanceOf(SourceSignal.Attached.class);
        next(SourceSignal.ListedAll.class);
    }

    private void start(String more) {
        String urls = "urls = [\"" + marathon.url() + "\"]";
        Config config =
                ConfigFactory.parseString("meridian.sources.marathon {" + urls + "\n" + more + "}")
                        .withFallback(ConfigFactory.parseString(QUICK))
                        .withFallback(ConfigFactory.defaultReference())
                        .resolve();
        source =
                kit.spawn(
                        MarathonSource.create(MarathonSettings.from(config), sink.ref(), counters));
    }

    private <T extends SourceSignal> T next(Class<T> type) {
        SourceSignal signal = sink.receiveMessage(PATIENCE);
        assertThat(signal).isInstanceOf(type);
        return type.cast(signal);
    }

    private TaskSighting task() {
        return ((Observation.TaskSeen) next(SourceSignal.Observed.class).observation()).sighting();
    }

    private static String apps(String apps) {
        return "{\"apps\":[" + apps + "]}";
    }

    private static String app(String id, String tasks) {
        return "{\"id\":\""
                + id
                + "\",\"version\":\"2026-01-01T00:00:00.000Z\",\"networks\":[{\"mode\":\"host\"}],"
                + "\"portDefinitions\":[{\"port\":10000,\"name\":\"http\",\"protocol\":\"tcp\"}],\"tasks\":["
                + tasks
                + "]}";
    }

    private static String task(String id, String state) {
        return "{\"id\":\""
                + id
                + "\",\"state\":\""
                + state
                + "\",\"host\":\"10.0.0.4\",\"slaveId\":\"S1\",\"ports\":[31000],"
                + "\"version\":\"2026-01-01T00:00:00.000Z\"}";
    }

    private static String pod(String id) {
        return "{\"id\":\""
                + id
                + "\",\"spec\":{\"id\":\""
                + id
                + "\",\"version\":\"2026-01-01T00:00:00.000Z\",\"containers\":[]},"
                + "\"instances\":[]}";
    }

    private static String status(String task, String state) {
        return "\"taskId\":\""
                + task
                + "\",\"taskStatus\":\""
                + state
                + "\",\"appId\":\"/web\",\"host\":\"10.0.0.4\",\"slaveId\":\"S1\","
                + "\"message\":\"\",\"ipAddresses\":[],\"ports\":[31000],\"version\":\"2026-01-01T00:00:00.000Z\"";
    }

    private static String changed(String instance, String condition) {
        return "\"instanceId\":\""
                + instance
                + "\",\"condition\":\""
                + condition
                + "\",\"runSpecId\":\"/web\",\"agentId\":null,\"host\":null,\"runSpecVersion\":\"2026-01-01T00:00:00.000Z\"";
    }
}
