package io.meridian.sources.mesos;

import static io.meridian.sources.mesos.Documents.agent;
import static io.meridian.sources.mesos.Documents.agentAdded;
import static io.meridian.sources.mesos.Documents.framework;
import static io.meridian.sources.mesos.Documents.subscribed;
import static io.meridian.sources.mesos.Documents.task;
import static io.meridian.sources.mesos.Documents.taskAdded;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.http.Server;
import io.meridian.sources.http.StreamEvent;
import io.meridian.sources.marathon.Fixtures;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Laws of {@link MesosProcessor} over random schedules with a virtual clock: masters that refuse,
 * have no stream or lose it, new leaders that know their agents from the registry only, late
 * messages of lost connections, changes of ZooKeeper's list at any time. Tasks are added and never
 * end.
 */
class MesosProcessorLawTest {
    private static final int AGENTS = 3;

    @Property(tries = 200)
    void faultsWithdrawNothingAndEveryTaskIsKnownAfterThem(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 40) int steps) {
        World world =
                new World(random, "urls = [\"http://10.0.0.1:5050\", \"http://10.0.0.2:5050\"]");
        for (int i = 0; i < steps; i++) {
            world.step();
        }
        world.calm();
        world.assertSettled();
    }

    @Property(tries = 50)
    void theMasterThatZooKeeperNamesFirstIsConnectedTo(@ForAll Random random) {
        World world = new World(random, "zookeeper = \"zk://10.0.0.9/mesos\"");
        world.pass(Duration.ofMinutes(5));
        assertThat(world.connectedTo).as("before ZooKeeper has named a master").isNull();
        for (int i = 0; i < 5; i++) {
            int leads = 1 + i % 3;
            world.send(
                    new MesosMessage.MastersRegistered(
                            List.of(
                                    "master@10.0.0." + leads + ":5050",
                                    "master@10.0.0." + (4 + leads) + ":5050")));
            assertThat(world.connectedTo).isEqualTo(URI.create("http://10.0.0." + leads + ":5050"));
            world.pass(Duration.ofSeconds(random.nextInt(3)));
        }
        world.calm();
        world.assertSettled();
    }

    private record Delivery(Instant at, int sequence, MesosSource.Command message) {}

    private static final class World {
        private final Random random;
        private final MesosProcessor processor;
        private final PriorityQueue<Delivery> deliveries =
                new PriorityQueue<>(
                        Comparator.comparing(Delivery::at).thenComparing(Delivery::sequence));
        private final Set<String> known = new TreeSet<>();

        /** JSON of each task by id. */
        private final Map<String, String> truth = new TreeMap<>();

        private Instant now = Instant.parse("2026-01-01T00:00:00Z");
        private int sequence;
        private int epoch;
        private URI connectedTo;
        private boolean isStreaming;
        private Instant subscribedAt = now;
        private boolean isAttached;
        private boolean isPollUnderWay;
        private boolean hasFaults = true;
        private int attempts;
        private int wakesWithoutProgress;

        World(Random random, String settings) {
            this.random = random;
            processor = new MesosProcessor(MesosSourceTest.settings(settings), random, now);
            send(new MesosMessage.Wake());
        }

        void step() {
            switch (random.nextInt(6)) {
                case 0, 1 -> addTask();
                case 2 -> loseStream();
                case 3 -> send(new MesosSource.Do(new SourceCommand.ListAll()));
                default -> pass(Duration.ofMillis(random.nextInt(20_000)));
            }
        }

        void calm() {
            hasFaults = false;
            pass(Duration.ofMinutes(15));
        }

        void assertSettled() {
            assertThat(isAttached).isTrue();
            assertThat(processor.phase()).isEqualTo(MesosPhase.COMPLETE);
            assertThat(known).isEqualTo(truth.keySet());
        }

        private void addTask() {
            String id = "t" + truth.size();
            String json = task(id, "F1", "S" + (1 + random.nextInt(AGENTS)), "TASK_RUNNING");
            truth.put(id, json);
            if (isStreaming) {
                Instant after = subscribedAt.isAfter(now) ? subscribedAt : now;
                stream(epoch, Duration.between(now, after).plusMillis(1), taskAdded(json));
            }
        }

        private void loseStream() {
            if (epoch > 0) {
                isStreaming = false;
                deliver(
                        Duration.ofMillis(2),
                        new MesosMessage.Streamed(epoch, new StreamEvent.Ended<>("lost")));
            }
        }

        private void stream(int connection, Duration after, String json) {
            MesosEvent event = MessageReader.read(json.getBytes(StandardCharsets.UTF_8));
            deliver(
                    after,
                    new MesosMessage.Streamed(
                            connection, new StreamEvent.Received<>(List.of(event))));
        }

        private void deliver(Duration after, MesosSource.Command message) {
            deliveries.add(new Delivery(now.plus(after), sequence++, message));
        }

        void pass(Duration time) {
            Instant end = now.plus(time);
            while (true) {
                Delivery next = deliveries.peek();
                Instant wake = processor.nextDue();
                boolean isDelivery = next != null && !next.at().isAfter(wake);
                Instant at = isDelivery ? next.at() : wake;
                if (at.isAfter(end)) {
                    now = end;
                    return;
                }
                now = at.isAfter(now) ? at : now;
                if (isDelivery) {
                    deliveries.remove();
                    send(next.message());
                } else {
                    send(new MesosMessage.Wake());
                    boolean isStuck = processor.nextDue().equals(wake);
                    wakesWithoutProgress = isStuck ? wakesWithoutProgress + 1 : 0;
                    assertThat(wakesWithoutProgress).as("wakes without progress").isLessThan(3);
                }
            }
        }

        private void send(MesosSource.Command command) {
            if (command instanceof MesosMessage.Polled polled && polled.epoch() == epoch) {
                isPollUnderWay = false;
            }
            processor.on(command, now).forEach(this::on);
        }

        private void on(MesosEffect effect) {
            switch (effect) {
                case MesosEffect.Connect(URI base, int connection) -> connect(base, connection);
                case MesosEffect.Disconnect _ -> {
                    isStreaming = false;
                    epoch = -epoch;
                }
                case MesosEffect.Emit(SourceSignal signal) -> on(signal);
                case MesosEffect.Poll(int asked, _) -> poll(asked);
                case MesosEffect.AskLeader(int asked, _) ->
                        deliver(latency(), new MesosMessage.LeaderNamed(asked, ""));
                case MesosEffect.AskSchedulers(int asked, _) ->
                        deliver(
                                latency(),
                                new MesosMessage.SchedulersRead(asked, Optional.empty()));
                case MesosEffect.AskAgents(int asked, _, long heard) ->
                        deliver(
                                latency(),
                                new MesosMessage.AgentsRead(
                                        asked, Optional.of(Set.of("S1", "S2", "S3")), heard));
                case MesosEffect.LookUp(String host) ->
                        deliver(latency(), new MesosMessage.HostResolved(host, List.of()));
                case MesosEffect.AllowSilence _,
                        MesosEffect.TrustMasters _,
                        MesosEffect.Warn _,
                        MesosEffect.Inform _ -> {}
            }
        }

        private Duration latency() {
            return Duration.ofMillis(random.nextInt(hasFaults ? 10_000 : 100));
        }

        private void connect(URI base, int connection) {
            connectedTo = base;
            epoch = connection;
            isStreaming = false;
            isPollUnderWay = false;
            Duration opened = latency();
            Server server = Server.at(base);
            switch (random.nextInt(hasFaults ? 4 : 2)) {
                case 0 ->
                        deliver(
                                opened,
                                new MesosMessage.Streamed(
                                        connection, new StreamEvent.Unsupported<>(server, 404)));
                case 1, 2 -> {
                    deliver(
                            opened,
                            new MesosMessage.Streamed(
                                    connection, new StreamEvent.Opened<>(server)));
                    subscribe(connection, opened);
                }
                default ->
                        deliver(
                                opened,
                                new MesosMessage.Streamed(
                                        connection, new StreamEvent.Ended<>("refused")));
            }
        }

        /**
         * A new leader may know some agents only from the registry; these agents reregister later.
         */
        private void subscribe(int connection, Duration opened) {
            List<String> back = new ArrayList<>();
            List<String> recovered = new ArrayList<>();
            for (int i = 1; i <= AGENTS; i++) {
                (random.nextBoolean() ? back : recovered).add("S" + i);
            }
            isStreaming = true;
            Duration after = opened.plusMillis(1);
            subscribedAt = now.plus(after);
            stream(
                    connection,
                    after,
                    subscribed(
                            back.stream().map(Documents::agent).toList(),
                            recovered,
                            List.of(framework("F1", "kafka")),
                            tasksOn(back)));
            for (String agent : recovered) {
                after = after.plusMillis(random.nextInt(hasFaults ? 60_000 : 1_000));
                stream(connection, after, agentAdded(agent));
                for (String json : tasksOn(List.of(agent))) {
                    stream(connection, after, taskAdded(json));
                }
            }
        }

        private List<String> tasksOn(List<String> agents) {
            return truth.values().stream()
                    .filter(json -> agents.stream().anyMatch(a -> json.contains('"' + a + '"')))
                    .toList();
        }

        private void poll(int asked) {
            assertThat(isPollUnderWay).as("one poll at a time").isFalse();
            isPollUnderWay = true;
            if (hasFaults && random.nextInt(4) == 0) {
                deliver(latency(), new MesosMessage.PollFailed(asked, "HTTP 503"));
                return;
            }
            List<String> agents = List.of(agent("S1"), agent("S2"), agent("S3"));
            String json =
                    "{\"type\":\"GET_STATE\",\"get_state\":"
                            + Documents.state(
                                    agents,
                                    List.of(),
                                    List.of(framework("F1", "kafka")),
                                    List.copyOf(truth.values()))
                            + "}";
            deliver(
                    latency(),
                    new MesosMessage.Polled(asked, MessageReader.state(Fixtures.of(json))));
        }

        private void on(SourceSignal signal) {
            assertThat(SignalRecorder.ends(List.of(signal))).as("false withdrawal").isEmpty();
            switch (signal) {
                case SourceSignal.Attached _ -> {
                    assertThat(isAttached).isFalse();
                    isAttached = true;
                    attempts = 0;
                }
                case SourceSignal.Detached(_, int attempt) -> {
                    isAttached = false;
                    assertThat(attempt).isEqualTo(++attempts);
                }
                case SourceSignal.ListedAll _ -> {
                    assertThat(isAttached).as("listed while attached").isTrue();
                    Set<String> listed = SignalRecorder.ids(List.of(signal));
                    assertThat(listed).as("a listing lacks no known task").containsAll(known);
                    known.addAll(listed);
                }
                case SourceSignal.Observed _ -> known.addAll(SignalRecorder.ids(List.of(signal)));
                default -> {}
            }
        }
    }
}
