package io.meridian.sources.mesos;

import static io.meridian.sources.mesos.Documents.agent;
import static io.meridian.sources.mesos.Documents.agentAdded;
import static io.meridian.sources.mesos.Documents.framework;
import static io.meridian.sources.mesos.Documents.status;
import static io.meridian.sources.mesos.Documents.subscribed;
import static io.meridian.sources.mesos.Documents.task;
import static io.meridian.sources.mesos.Documents.taskUpdated;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.simulator.http.WireRequest;
import io.meridian.simulator.http.WireResponse;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The source against servers that speak a master's bytes. */
class MesosSourceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ServiceId BROKER = new ServiceId("kafka", "broker");

    private static ActorTestKit kit;
    private RawMesos first;
    private RawMesos second;
    private TestProbe<SourceSignal> sink;
    private MesosCounters counters;
    private ActorRef<MesosSource.Command> source;
    private final List<SourceSignal> passed = new ArrayList<>();

    @BeforeAll
    static void startSystem() {
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stopSystem() {
        kit.shutdownTestKit();
    }

    @BeforeEach
    void startMasters() {
        first = new RawMesos();
        second = new RawMesos();
        sink = kit.createTestProbe();
        counters = new MesosCounters();
    }

    @AfterEach
    void stopAll() {
        if (source != null) {
            kit.stop(source);
        }
        first.close();
        second.close();
    }

    @Test
    void subscribesWithExactContentTypesAndFollows() throws Exception {
        first.reply("GET_MASTER", master("10.0.9.1"));
        first.reply(
                "/master/state-summary",
                "{\"frameworks\":[{\"id\":\"F1\",\"pid\":\"scheduler-1@10.0.1.7:4000\"}]}");
        start("urls = [\"" + first.url() + "\"]");
        RawMesos.Stream stream = first.next();
        WireRequest request = first.requests.getFirst();
        assertThat(request.method() + " " + request.path()).isEqualTo("POST /api/v1");
        assertThat(request.text()).isEqualTo("{\"type\":\"SUBSCRIBE\"}");
        assertThat(request.header("content-type")).containsExactly("application/json");
        assertThat(request.header("accept")).containsExactly("application/json");
        assertThat(request.header("authorization")).isEmpty();

        stream.heartbeat(); // before 1.5.1 one could precede SUBSCRIBED
        stream.record(cluster(task("t0", "F1", "S1", "TASK_RUNNING")));

        assertThat(await(SourceSignal.Attached.class, _ -> true).leader()).isEqualTo(first.place());
        SourceSignal.ListedAll all = await(SourceSignal.ListedAll.class, _ -> true);
        assertThat(all.services()).hasSize(1);
        assertThat(all.services().getFirst().service()).isEqualTo(BROKER);
        awaitClaim(new ClusterClaim.Masters("master@10.0.9.1:5050", List.of(first.place())));
        ClusterClaim.FrameworkSeen kafka =
                awaitClaim(ClusterClaim.FrameworkSeen.class, seen -> !seen.pid().isEmpty());
        assertThat(kafka.pid()).isEqualTo("scheduler-1@10.0.1.7:4000");
        assertThat(kafka.addresses()).hasToString("[10.0.1.7]");

        stream.record(
                taskUpdated("F1", "TASK_KILLED", status("t0", "S1", "TASK_KILLED", 2000, "")));
        assertThat(awaitTask("t0").task().phase()).isEqualTo(TaskPhase.GONE);
        stream.record("{\"type\":\"SOMETHING_NEW\"}");
        stream.record("{\"type\":\"TASK_ADDED\"}");
        stream.record(agentAdded("S2"));
        awaitClaim(ClusterClaim.AgentSeen.class, seen -> seen.id().equals("S2"));
        MesosCounters.Snapshot counted = counters.snapshot();
        assertThat(counted.events())
                .containsEntry("SUBSCRIBED", 1L)
                .containsEntry("TASK_UPDATED", 1L);
        assertThat(counted.unknown()).isOne();
        assertThat(counted.unreadable()).isOne();
        assertThat(counted.phase()).isEqualTo(MesosPhase.COMPLETE);
        assertThat(counted.listings()).isOne();
        assertThat(counted.polling()).isFalse();
    }

    @Test
    void aStandbyRedirectsToTheLeaderWithBodyAndCredentials() throws Exception {
        first.redirect(second.place());
        start(
                "urls = [\""
                        + first.url()
                        + "\", \""
                        + second.url()
                        + "\"], credentials { username = u, password = p }");
        RawMesos.Stream stream = second.next();
        WireRequest request = second.requests.getFirst();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.text()).isEqualTo("{\"type\":\"SUBSCRIBE\"}");
        assertThat(request.header("authorization")).containsExactly("Basic dTpw");
        stream.record(cluster());
        assertThat(await(SourceSignal.Attached.class, _ -> true).leader())
                .isEqualTo(second.place());
        // Without a response to GET_MASTER the leader's address is that of the connection.
        awaitClaim(
                new ClusterClaim.Masters(
                        "master@" + second.place(), List.of(first.place(), second.place())));
    }

    @Test
    void credentialsAreNotSentToAnUnlistedHost() throws Exception {
        first.redirect("localhost:" + second.place().substring("127.0.0.1:".length()));
        start("urls = [\"" + first.url() + "\"], credentials.token = secret");
        second.next();
        assertThat(first.requests.getFirst().header("authorization"))
                .containsExactly("token=secret");
        assertThat(second.requests.getFirst().header("authorization")).isEmpty();
    }

    @Test
    void aHostThatIsNotAllowedIsNotFollowed() {
        first.redirect(second.place().replace("127.0.0.1", "localhost"));
        start("urls = [\"" + first.url() + "\"], allowed-redirect-hosts = [\"10.0.0.1\"]");
        assertThat(await(SourceSignal.Detached.class, _ -> true).cause())
                .contains("allowed-redirect-hosts");
        assertThat(second.requests).isEmpty();
    }

    @Test
    void aRedirectLoopEndsTheAttempt() {
        first.redirect(second.place());
        second.redirect(first.place());
        start("urls = [\"" + first.url() + "\"]");
        assertThat(await(SourceSignal.Detached.class, _ -> true).cause())
                .contains("after 2 redirects");
    }

    @Test
    void mastersAreTriedInTurnAndAFailoverWithdrawsNothing() throws Exception {
        first.reply("SUBSCRIBE", 503);
        start(
                "urls = [\""
                        + first.url()
                        + "\", \""
                        + second.url()
                        + "\"], failover.quiet-period = 300 ms");
        assertThat(await(SourceSignal.Detached.class, _ -> true).cause())
                .contains("503: no leader is ready");
        RawMesos.Stream stream = second.next();
        stream.record(cluster(task("t0", "F1", "S1", "TASK_RUNNING")));
        await(SourceSignal.ListedAll.class, all -> all.services().size() == 1);

        second.close();
        stream.end();
        await(SourceSignal.Detached.class, lost -> lost.attempt() >= 2);
        awaitCounters(counted -> assertThat(counted.phase()).isEqualTo(MesosPhase.DETACHED));
        assertThat(counters.snapshot().known().tasks()).isOne();
        assertThat(passed)
                .as("nothing ends a task")
                .noneMatch(
                        signal ->
                                signal
                                                instanceof
                                                SourceSignal.Observed(
                                                        Observation.MesosTaskSeen seen)
                                        && seen.task().phase() == TaskPhase.GONE);
    }

    @Test
    void aPartialSnapshotOfANewLeaderWithdrawsNothingUntilItsAgentsAreBack() throws Exception {
        start("urls = [\"" + first.url() + "\"], failover.quiet-period = 300 ms");
        RawMesos.Stream before = first.next();
        before.record(
                cluster(
                        task("t0", "F1", "S1", "TASK_RUNNING"),
                        task("t1", "F1", "S1", "TASK_RUNNING")));
        await(SourceSignal.ListedAll.class, _ -> true);
        before.end();
        await(SourceSignal.Detached.class, _ -> true);

        RawMesos.Stream after = first.next();
        after.record(subscribed(List.of(), List.of("S1"), List.of(), List.of()));
        await(SourceSignal.Attached.class, _ -> true);
        awaitCounters(counted -> assertThat(counted.phase()).isEqualTo(MesosPhase.AWAITING_AGENTS));
        source.tell(new MesosSource.Do(new SourceCommand.ListAll()));
        after.record(agentAdded("S1"));
        after.record(Documents.taskAdded(task("t0", "F1", "S1", "TASK_RUNNING")));
        after.record(Documents.frameworkAdded("F1", "kafka"));
        SourceSignal.ListedAll all = await(SourceSignal.ListedAll.class, _ -> true);
        assertThat(((Observation.MesosListed) all.services().getFirst()).tasks())
                .extracting(task -> task.id().value())
                .containsExactly("t0");
        awaitCounters(counted -> assertThat(counted.phase()).isEqualTo(MesosPhase.COMPLETE));
    }

    @Test
    void threeMissingHeartbeatsAreTheEndOfAStream() throws Exception {
        start("urls = [\"" + first.url() + "\"]");
        RawMesos.Stream stream = first.next();
        stream.record(
                cluster()
                        .replace(
                                "\"heartbeat_interval_seconds\":15.0",
                                "\"heartbeat_interval_seconds\":0.2"));
        assertThat(await(SourceSignal.Detached.class, _ -> true).cause())
                .isEqualTo("no byte for 0.6 s");
        first.next();
    }

    @Test
    void aStreamThatIsNoRecordIoEndsTheAttempt() throws Exception {
        start("urls = [\"" + first.url() + "\"]");
        first.next().raw("data: {}\n");
        assertThat(await(SourceSignal.Detached.class, _ -> true).cause()).contains("RecordIO");
        RawMesos.Stream again = first.next();
        again.record(agentAdded("S1"));
        assertThat(await(SourceSignal.Detached.class, _ -> true).cause())
                .contains("began with AGENT_ADDED");
        first.next().record("{\"type\":\"SUBSCRIBED\",\"subscribed\":{}}");
        assertThat(await(SourceSignal.Detached.class, _ -> true).cause()).contains("unreadable");
    }

    @Test
    void aRefusalNamesWhatToCheck() {
        AtomicInteger asked = new AtomicInteger();
        first.reply(
                "SUBSCRIBE",
                _ ->
                        asked.getAndIncrement() == 0
                                ? WireResponse.of(401, "text/plain", "no")
                                : WireResponse.of(200, "text/html", "<html>"));
        start("urls = [\"" + first.url() + "\"]");
        assertThat(await(SourceSignal.Detached.class, _ -> true).cause())
                .contains("401: check meridian.sources.mesos.credentials");
        assertThat(await(SourceSignal.Detached.class, _ -> true).cause())
                .contains("text/html", "is this a Mesos master?");
    }

    @Test
    void aReadBesideTheStreamThatFailsIsRepeated() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        first.reply("GET_MASTER", master("10.0.9.1"));
        first.reply(
                "/master/state-summary",
                _ ->
                        asked.getAndIncrement() == 0
                                ? WireResponse.of(503, "text/plain", "no")
                                : WireResponse.of(
                                        200,
                                        "application/json",
                                        "{\"frameworks\":[{\"id\":\"F1\",\"pid\":\"scheduler-1@10.0.1.7:4000\"}]}"));
        start("urls = [\"" + first.url() + "\"]");
        first.next().record(cluster(task("t0", "F1", "S1", "TASK_RUNNING")));
        assertThat(
                        awaitClaim(ClusterClaim.FrameworkSeen.class, seen -> !seen.pid().isEmpty())
                                .pid())
                .isEqualTo("scheduler-1@10.0.1.7:4000");
    }

    @Test
    void aMarathonAsMesosUrlIsCalledSo() {
        first.reply(
                "SUBSCRIBE",
                _ ->
                        new WireResponse(
                                404,
                                "Not Found",
                                List.of(
                                        new WireResponse.Header(
                                                "X-Marathon-Leader", "http://10.0.0.1:8080")),
                                new byte[0]));
        start("urls = [\"" + first.url() + "\"]");
        assertThat(await(SourceSignal.Detached.class, _ -> true).cause())
                .isEqualTo(
                        first.url()
                                + " is a Marathon and no Mesos master: its URL belongs into"
                                + " sources.marathon.urls");
    }

    /** Case redirect-to-a-name-nobody-knows. */
    @Test
    void aRedirectToANameWithoutAddressIsToldWithBothServers() {
        first.redirect("master.corp.invalid:5050");
        start("urls = [\"" + first.url() + "\"]");
        assertThat(await(SourceSignal.Detached.class, _ -> true).cause())
                .isEqualTo(
                        first.url()
                                + " redirects to master.corp.invalid:5050, which has no address");
    }

    @Test
    void aMasterWithoutStreamIsPolledByGetState() throws Exception {
        first.reply("SUBSCRIBE", 405);
        first.reply("GET_STATE", state(task("t0", "F1", "S1", "TASK_RUNNING")));
        startPolling("urls = [\"" + first.url() + "\"]");
        await(SourceSignal.Attached.class, _ -> true);
        await(SourceSignal.ListedAll.class, all -> all.services().size() == 1);
        awaitCounters(counted -> assertThat(counted.polling()).isTrue());
        first.reply("GET_STATE", state());
        await(SourceSignal.ListedAll.class, all -> all.services().isEmpty());
        first.reply("GET_STATE", 503);
        assertThat(await(SourceSignal.Detached.class, _ -> true).cause()).contains("503");
        first.reply("GET_STATE", state());
        await(SourceSignal.Attached.class, _ -> true);
        awaitCounters(counted -> assertThat(counted.pollFailures()).isOne());
    }

    @Test
    void anOldMasterIsPolledByTheLeadersStateDocument() throws Exception {
        String leader = "master@" + second.place();
        first.reply("SUBSCRIBE", 404);
        first.reply(
                "/state",
                "{\"pid\":\"master@%s\",\"leader\":\"%s\",\"frameworks\":[],\"slaves\":[]}"
                        .formatted(first.place(), leader));
        second.reply(
                "/master/state",
                """
                {"pid":"%s","leader":"%s","slaves":[{"id":"S1","pid":"slave(1)@10.0.0.1:5051","hostname":"a"}],
                "frameworks":[{"tasks":[{"id":"t0","name":"t0","framework_id":"F1","slave_id":"S1","state":"TASK_RUNNING",
                "resources":{"ports":"[31000-31001]"}}],"id":"F1","name":"kafka","pid":"s@10.0.1.1:1","hostname":"h"}]}
                """
                        .formatted(leader, leader));
        startPolling("urls = [\"" + first.url() + "\"]");
        SourceSignal.ListedAll all = await(SourceSignal.ListedAll.class, _ -> true);
        assertThat(((Observation.MesosListed) all.services().getFirst()).tasks().getFirst())
                .satisfies(
                        task -> {
                            assertThat(task.hostPorts()).containsExactly(31000, 31001);
                            assertThat(task.agent().addresses()).hasToString("[10.0.0.1]");
                        });
        awaitClaim(new ClusterClaim.Masters(leader, List.of(first.place())));
        assertThat(first.asked()).startsWith("SUBSCRIBE", "GET_STATE", "/master/state", "/state");
    }

    private void start(String settings) {
        source = kit.spawn(MesosSource.create(settings(settings), sink.ref(), counters));
    }

    /** Starts a source that polls twice a second, which the settings' range excludes. */
    private void startPolling(String text) {
        MesosSettings s = settings(text);
        source =
                kit.spawn(
                        MesosSource.create(
                                new MesosSettings(
                                        s.connection(),
                                        s.zookeeper(),
                                        s.scheme(),
                                        s.marathon(),
                                        s.bridgeNetworks(),
                                        s.recordMaxSize(),
                                        s.failover(),
                                        s.listingInterval(),
                                        new PollingSettings(
                                                Duration.ofMillis(500), s.polling().maxSize()),
                                        s.agents()),
                                sink.ref(),
                                counters));
    }

    static MesosSettings settings(String text) {
        Config config =
                ConfigFactory.parseString(
                                "meridian.sources.mesos { connect-timeout = 2 s, read-timeout = 10"
                                        + " s, request-timeout = 10 s, backoff { min = 200 ms, max"
                                        + " = 400 ms }\n"
                                        + text
                                        + "}")
                        .withFallback(ConfigFactory.defaultReference())
                        .resolve();
        return MesosSettings.from(config);
    }

    /** Waits for the counters, which follow the signals. */
    private void awaitCounters(Consumer<MesosCounters.Snapshot> wanted) {
        sink.awaitAssert(
                PATIENCE,
                () -> {
                    wanted.accept(counters.snapshot());
                    return null;
                });
    }

    /** Takes signals until one of that type matches. */
    private <T extends SourceSignal> T await(Class<T> type, Predicate<T> wanted) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(deadline)) {
            SourceSignal signal = sink.receiveMessage(PATIENCE);
            passed.add(signal);
            if (type.isInstance(signal) && wanted.test(type.cast(signal))) {
                return type.cast(signal);
            }
        }
        throw new AssertionError("no such " + type.getSimpleName() + " among " + passed);
    }

    /**
     * Checks the signals so far too: observations of the cluster follow responses that overtake
     * each other.
     */
    private <T extends ClusterClaim> T awaitClaim(Class<T> type, Predicate<T> wanted) {
        Predicate<SourceSignal> matches =
                signal ->
                        signal instanceof SourceSignal.ClusterObserved(ClusterClaim claim)
                                && type.isInstance(claim)
                                && wanted.test(type.cast(claim));
        SourceSignal found =
                passed.stream()
                        .filter(matches)
                        .findFirst()
                        .orElseGet(() -> await(SourceSignal.ClusterObserved.class, matches::test));
        return type.cast(((SourceSignal.ClusterObserved) found).claim());
    }

    private void awaitClaim(ClusterClaim wanted) {
        awaitClaim(ClusterClaim.class, wanted::equals);
    }

    private Observation.MesosTaskSeen awaitTask(String id) {
        return (Observation.MesosTaskSeen)
                await(
                                SourceSignal.Observed.class,
                                observed ->
                                        observed.observation()
                                                        instanceof Observation.MesosTaskSeen seen
                                                && seen.task().id().value().equals(id))
                        .observation();
    }

    static String master(String ip) {
        return """
        {"type":"GET_MASTER","get_master":{"master_info":{"id":"m","ip":0,"port":5050,"pid":"master@%s:5050",
        "address":{"hostname":"m","ip":"%s","port":5050}}}}
        """
                .formatted(ip, ip);
    }

    static String cluster(String... tasks) {
        return subscribed(
                List.of(agent("S1")), List.of(), List.of(framework("F1", "kafka")), List.of(tasks));
    }

    private static String state(String... tasks) {
        return "{\"type\":\"GET_STATE\",\"get_state\":"
                + Documents.state(
                        List.of(agent("S1")),
                        List.of(),
                        List.of(framework("F1", "kafka")),
                        List.of(tasks))
                + "}";
    }
}
