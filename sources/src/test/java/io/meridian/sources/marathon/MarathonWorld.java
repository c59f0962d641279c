package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.http.Server;
import io.meridian.sources.http.StreamEvent;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A {@link MarathonProcessor} in a simulated world with a virtual clock: a Marathon whose services
 * change, REST responses that are late, fail, or describe the past, streams that are refused,
 * silent or lost. Services are never removed. Checks the laws at every signal and read.
 *
 * <p>Each service has a revision, which its one task carries as its host port.
 */
final class MarathonWorld {
    private static final int SERVICES = 6;
    private static final int TRACED = 200;
    private static final Server SERVER = Server.at(URI.create("http://10.0.0.1:8080"));

    private static final MarathonSettings SETTINGS =
            MarathonSettings.from(
                    ConfigFactory.parseString(
                                    """
                                    meridian.sources.marathon {
                                      urls = ["http://10.0.0.1:8080", "http://10.0.0.2:8080"]
                                      listing.interval = 24 h
                                      reread.in-flight = 2
                                      reread.listing-threshold = 4
                                    }
                                    """)
                            .withFallback(ConfigFactory.defaultReference())
                            .resolve());

    private final Random random;
    private final MarathonProcessor processor;
    private final PriorityQueue<Delivery> deliveries =
            new PriorityQueue<>(
                    Comparator.comparing(Delivery::at).thenComparing(Delivery::sequence));
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private int sequence;
    private int wakesWithoutProgress;

    private final Map<ServiceId, Integer> truth = new TreeMap<>();
    private final Map<ServiceId, Integer> known = new TreeMap<>();

    /** Revision of the last event that the processor has received and that outdates reads. */
    private final Map<ServiceId, Integer> delivered = new HashMap<>();

    /** Services whose last read was older than an event. */
    private final Set<ServiceId> outdated = new TreeSet<>();

    private final Set<SourceCommand.ReadVersion> versionsWanted = new HashSet<>();
    private final Set<ReadSchedule.Job> underWay = new HashSet<>();
    private int epoch;
    private boolean isSubscribed;
    private boolean isAttached;
    private int attempts;
    private boolean hasFaults;
    private boolean isListingPartial;
    int listings;

    /** Messages and effects, for the message of a failure. */
    private final ArrayDeque<At> trace = new ArrayDeque<>();

    private record At(Instant time, Object what) {}

    private record Delivery(Instant at, int sequence, Supplier<MarathonSource.Command> message) {}

    /** A world with faults until {@link #calm}, or without faults. */
    MarathonWorld(Random random, boolean hasFaults) {
        this.random = random;
        this.hasFaults = hasFaults;
        processor = new MarathonProcessor(SETTINGS, random, now);
        for (int i = 0; i < SERVICES; i++) {
            truth.put(new ServiceId("marathon", "/s" + i), 1);
        }
        send(new MarathonMessage.Wake());
    }

    /** Runs one random step: a change, a fault, a request, or only the passing of time. */
    void step() {
        switch (random.nextInt(9)) {
            case 0, 1, 2 -> change(anyService());
            case 3 -> ask();
            case 4 -> kill(anyService());
            case 5 -> loseStream();
            default -> pass(Duration.ofMillis(random.nextInt(4_000)));
        }
    }

    /** Ends all faults: from now on every request gets a response soon, and the stream stays. */
    void calm() {
        hasFaults = false;
        pass(Duration.ofMinutes(10));
        if (isListingPartial) { // an unreadable entry stays so: the next listing waits for its
            // interval
            send(new MarathonSource.Do(new SourceCommand.ListAll()));
            pass(Duration.ofMinutes(1));
        }
    }

    /** Asserts that the source knows every revision of Marathon, and that no read is pending. */
    void assertSettled() {
        assertThat(isAttached).isTrue();
        assertThat(known).isEqualTo(truth);
        assertThat(outdated).as("outdated reads without a newer one").isEmpty();
        assertThat(versionsWanted).as("versions without an answer").isEmpty();
        assertThat(underWay).isEmpty();
    }

    /** The last messages and effects. */
    String trace() {
        return trace.stream().map(At::toString).collect(Collectors.joining("\n"));
    }

    private void trace(Object what) {
        trace.add(new At(now, what));
        if (trace.size() > TRACED) {
            trace.removeFirst();
        }
    }

    private ServiceId anyService() {
        return new ArrayList<>(truth.keySet()).get(random.nextInt(SERVICES));
    }

    private void change(ServiceId service) {
        int revision = truth.merge(service, 1, Integer::sum);
        if (!isSubscribed) {
            return;
        }
        List<MarathonEvent> events =
                switch (random.nextInt(3)) {
                    case 0 -> List.of(status(service, revision));
                    case 1 ->
                            List.of(
                                    new MarathonEvent.AppTerminated(
                                            "app_terminated_event", service.path()));
                    default ->
                            List.of(
                                    deployment(service),
                                    new MarathonEvent.GroupChanged("group_change_success", "/"));
                };
        boolean outdates = !(events.getFirst() instanceof MarathonEvent.Deployment);
        int connection = epoch;
        deliver(
                Duration.ofMillis(random.nextInt(3)),
                () -> {
                    if (connection == epoch && outdates) {
                        delivered.merge(service, revision, Math::max);
                    }
                    return new MarathonMessage.Streamed(
                            connection, new StreamEvent.Received<>(events));
                });
    }

    /** An event that outdates reads in flight and is no change itself. */
    private void kill(ServiceId service) {
        if (isSubscribed) {
            MarathonEvent event =
                    new MarathonEvent.UnhealthyKill(
                            "unhealthy_instance_kill_event", service.path(), "task", "unhealthy");
            send(new MarathonMessage.Streamed(epoch, new StreamEvent.Received<>(List.of(event))));
        }
    }

    private static MarathonEvent status(ServiceId service, int revision) {
        return new MarathonEvent.StatusUpdate(
                "status_update_event",
                service.path(),
                "task" + service.path().replace('/', '.'),
                "TASK_RUNNING",
                "",
                "S1",
                "agent.example.org",
                List.of(),
                List.of(revision),
                Instant.EPOCH);
    }

    private static MarathonEvent deployment(ServiceId service) {
        List<MarathonEvent.Target> targets =
                List.of(new MarathonEvent.Target(ServiceKind.APP, service.path()));
        return new MarathonEvent.Deployment("deployment_info", targets, targets);
    }

    private void ask() {
        SourceCommand command =
                switch (random.nextInt(3)) {
                    case 0 -> new SourceCommand.ListAll();
                    case 1 -> new SourceCommand.Reread(anyService());
                    default -> new SourceCommand.ReadVersion(anyService(), Instant.EPOCH);
                };
        if (command instanceof SourceCommand.ReadVersion version) {
            versionsWanted.add(version);
        }
        send(new MarathonSource.Do(command));
    }

    private void loseStream() {
        if (epoch > 0) {
            isSubscribed = false;
            int connection = epoch;
            deliver(
                    Duration.ZERO,
                    () ->
                            new MarathonMessage.Streamed(
                                    connection, new StreamEvent.Ended<>("lost")));
        }
    }

    private void deliver(Duration after, Supplier<MarathonSource.Command> message) {
        deliveries.add(new Delivery(now.plus(after), sequence++, message));
    }

    /** Runs the clock: deliveries and deadlines in their order. */
    void pass(Duration time) {
        Instant end = now.plus(time);
        while (true) {
            Delivery next = deliveries.peek();
            Instant wake = processor.nextDue().orElse(Instant.MAX);
            boolean isDelivery = next != null && !next.at().isAfter(wake);
            Instant at = isDelivery ? next.at() : wake;
            if (at.isAfter(end)) {
                now = end;
                return;
            }
            now = at.isAfter(now) ? at : now;
            if (isDelivery) {
                deliveries.remove();
                send(next.message().get());
            } else {
                wake();
            }
        }
    }

    /** Runs a wake. A due wake must make progress; otherwise the actor would spin. */
    private void wake() {
        Instant due = processor.nextDue().orElseThrow();
        send(new MarathonMessage.Wake());
        boolean isStuck = processor.nextDue().filter(due::equals).isPresent();
        wakesWithoutProgress = isStuck ? wakesWithoutProgress + 1 : 0;
        assertThat(wakesWithoutProgress).as("wakes without progress").isLessThan(3);
    }

    private void send(MarathonSource.Command command) {
        trace(command);
        finish(command);
        for (MarathonEffect effect : processor.on(command, now)) {
            trace(effect);
            on(effect);
        }
    }

    private void finish(MarathonSource.Command command) {
        switch (command) {
            case MarathonMessage.ListingRead read when read.epoch() == epoch ->
                    underWay.remove(new ReadSchedule.Job.ListAll());
            case MarathonMessage.ServiceRead read when read.epoch() == epoch ->
                    underWay.remove(read.job());
            case MarathonMessage.VersionRead read when read.epoch() == epoch ->
                    underWay.remove(read.job());
            default -> {}
        }
    }

    private void on(MarathonEffect effect) {
        switch (effect) {
            case MarathonEffect.Connect(_, int connection) -> connect(connection);
            case MarathonEffect.Disconnect _ -> {
                isSubscribed = false;
                epoch = -epoch;
                underWay.clear();
            }
            case MarathonEffect.Emit(SourceSignal signal) -> on(signal);
            case MarathonEffect.ReadListing(int asked, _, _) -> {
                begin(new ReadSchedule.Job.ListAll());
                answerListing(asked);
            }
            case MarathonEffect.ReadService(int asked, _, var job, _, _) -> {
                begin(job);
                answerService(asked, job);
            }
            case MarathonEffect.ReadVersion(int asked, _, var job, _, _) -> {
                begin(job);
                answerVersion(asked, job);
            }
            case MarathonEffect.LookUp(String host) -> answerLookUp(host);
            case MarathonEffect.Unreadable _,
                    MarathonEffect.ReadFailed _,
                    MarathonEffect.Warn _,
                    MarathonEffect.Inform _ -> {}
        }
    }

    /** Starts a read: no job runs twice at once, and single reads are limited. */
    private void begin(ReadSchedule.Job job) {
        assertThat(isAttached).as("reads only while attached").isTrue();
        assertThat(underWay.add(job)).as("read twice at once: " + job).isTrue();
        long single =
                underWay.stream()
                        .filter(other -> !(other instanceof ReadSchedule.Job.ListAll))
                        .count();
        assertThat(single).isLessThanOrEqualTo(SETTINGS.reread().inFlight());
    }

    private void connect(int connection) {
        epoch = connection;
        delivered.clear();
        if (hasFaults && random.nextInt(3) == 0) {
            deliver(
                    latency(),
                    () ->
                            new MarathonMessage.Streamed(
                                    connection, new StreamEvent.Ended<>("refused")));
            return;
        }
        Duration opened = latency();
        deliver(
                opened,
                () -> new MarathonMessage.Streamed(connection, new StreamEvent.Opened<>(SERVER)));
        // Marathon answers before it subscribes: changes in between are in no event.
        Duration subscribed = opened.plusMillis(hasFaults ? random.nextInt(6_000) : 10);
        deliver(
                subscribed,
                () -> {
                    isSubscribed |= connection == epoch;
                    return new MarathonMessage.Streamed(
                            connection,
                            new StreamEvent.Received<>(
                                    List.of(
                                            new MarathonEvent.SubscriberChanged(
                                                    "event_stream_attached", "us"))));
                });
    }

    private Duration latency() {
        boolean late = hasFaults && random.nextInt(4) == 0;
        return Duration.ofMillis(late ? random.nextInt(30_000) : random.nextInt(100));
    }

    /** A response describes Marathon at the time of the request or of the response. */
    private Supplier<Map<ServiceId, Integer>> snapshot() {
        Map<ServiceId, Integer> asked = new TreeMap<>(truth);
        return random.nextBoolean() ? () -> asked : () -> truth;
    }

    private void answerListing(int asked) {
        Supplier<Map<ServiceId, Integer>> snapshot = snapshot();
        int fault = hasFaults ? random.nextInt(8) : 7;
        deliver(
                latency(),
                () ->
                        new MarathonMessage.ListingRead(
                                asked,
                                switch (fault) {
                                    case 0 -> new ReadResult.Failed("HTTP 503");
                                    case 1 -> new ReadResult.LeaderDiffers("a:1", "b:1");
                                    case 2 -> partial(snapshot.get());
                                    default ->
                                            new ReadResult.Listing(
                                                    new ListingReader.Part(
                                                            readings(snapshot.get()),
                                                            List.of(),
                                                            false),
                                                    true);
                                }));
    }

    private static ReadResult.OfListing partial(Map<ServiceId, Integer> revisions) {
        return new ReadResult.Listing(
                new ListingReader.Part(
                        readings(revisions).subList(0, 3),
                        List.of("$.apps[3].id is missing"),
                        true),
                true);
    }

    private void answerService(int asked, ReadSchedule.Job.Service job) {
        Supplier<Map<ServiceId, Integer>> snapshot = snapshot();
        boolean fails = hasFaults && random.nextInt(4) == 0;
        deliver(
                latency(),
                () ->
                        new MarathonMessage.ServiceRead(
                                asked,
                                job,
                                fails
                                        ? new ReadResult.Failed("timed out")
                                        : new ReadResult.Service(
                                                reading(job.id(), snapshot.get().get(job.id())))));
    }

    private void answerVersion(int asked, ReadSchedule.Job.Version job) {
        boolean fails = hasFaults && random.nextInt(4) == 0;
        deliver(
                latency(),
                () ->
                        new MarathonMessage.VersionRead(
                                asked,
                                job,
                                fails
                                        ? new ReadResult.Failed("timed out")
                                        : new ReadResult.NotDefined()));
    }

    private void answerLookUp(String host) {
        boolean fails = hasFaults && random.nextInt(2) == 0;
        deliver(
                latency(),
                () ->
                        new MarathonMessage.HostResolved(
                                host, fails ? List.of() : List.of(IpAddress.literal("10.0.0.4"))));
    }

    private static List<Reading> readings(Map<ServiceId, Integer> revisions) {
        List<Reading> readings = new ArrayList<>();
        revisions.forEach((service, revision) -> readings.add(reading(service, revision)));
        return readings;
    }

    private static Reading reading(ServiceId service, int revision) {
        TaskSighting task =
                new TaskSighting(
                        new TaskId("task" + service.path().replace('/', '.')),
                        "task",
                        "",
                        Instant.EPOCH,
                        TaskPhase.RUNNING,
                        false,
                        new Agent("S1", "agent.example.org", List.of()),
                        List.of(),
                        List.of(revision),
                        Health.UNKNOWN);
        return new Reading(
                service.path(),
                ServiceKind.APP,
                new ServiceDefinition(
                        Instant.EPOCH,
                        Instant.EPOCH,
                        NetworkMode.BRIDGE,
                        Containerizer.DOCKER,
                        List.of(),
                        new TreeSet<>(),
                        List.of()),
                List.of(task),
                Observation.Gaps.NONE,
                List.of(),
                0);
    }

    private void on(SourceSignal signal) {
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
            case SourceSignal.ListedAll(var services, var exceptions, _) -> {
                assertThat(isAttached).as("listed while attached").isTrue();
                isListingPartial = exceptions.nameless();
                assertThat(exceptions.sentences().isEmpty()).isEqualTo(!isListingPartial);
                if (!isListingPartial) {
                    assertThat(services)
                            .as("a listing lacks no service")
                            .extracting(Observation.Listing::service)
                            .containsExactlyElementsOf(truth.keySet());
                }
                services.forEach(this::observed);
                listings++;
            }
            case SourceSignal.Observed(Observation observation) -> observed(observation);
            case SourceSignal.NotDefined(var service) ->
                    throw new AssertionError("false withdrawal of " + service);
            case SourceSignal.VersionRead(var service, var version, _) ->
                    versionsWanted.remove(new SourceCommand.ReadVersion(service, version));
            case SourceSignal.ListingFailed _,
                    SourceSignal.EndHinted _,
                    SourceSignal.ClusterObserved _ -> {}
        }
    }

    private void observed(Observation observation) {
        switch (observation) {
            case Observation.TaskSeen(var service, var sighting, _) ->
                    known.merge(service, sighting.hostPorts().getFirst(), Math::max);
            case Observation.Listed listed -> {
                int revision = listed.tasks().getFirst().hostPorts().getFirst();
                if (!listed.current()) {
                    outdated.add(listed.service());
                } else {
                    outdated.remove(listed.service());
                    assertThat(revision)
                            .as("a read older than an event counts as current: " + listed.service())
                            .isGreaterThanOrEqualTo(delivered.getOrDefault(listed.service(), 0));
                    known.merge(listed.service(), revision, Math::max);
                }
            }
            default -> throw new AssertionError("unexpected: " + observation);
        }
    }
}
