package io.meridian.simulator.marathon;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Settings of a {@link SimulatedMarathon}. Start from {@link #defaults()} or {@link #demo()} and
 * change single values.
 *
 * @param port of the first member, 0..65535, 0 = any free one
 * @param members Marathons in the cluster, 1..9; all share one state, one leads, the others
 *     redirect /v2/events and answer everything else for the leader
 * @param agents the agents that tasks run on, at least one
 * @param firstHostPort lowest host port that an agent offers
 * @param lastHostPort highest host port that an agent offers
 * @param heartbeat interval of the heartbeats of a stream
 * @param maxOutstandingEvents queued events beyond which a consumer's stream is ended
 * @param streamSendBuffer SO_SNDBUF of event streams in bytes, 0 = the system's; with a small value
 *     a slow consumer is detected soon
 * @param taskKilling whether TASK_KILLING is reported (Marathon's feature {@code task_killing})
 * @param tasksAnswerHttp whether tasks really listen on their host ports at their agent's address
 * @param randomSeed seed that makes ids and ports repeatable; empty = different in each run
 * @param clock clock of versions and timestamps; delays always pass in real time
 */
public record SimulatedMarathonSettings(
        int port,
        int members,
        List<SimulatedAgent> agents,
        int firstHostPort,
        int lastHostPort,
        Pace pace,
        Duration heartbeat,
        int maxOutstandingEvents,
        int streamSendBuffer,
        boolean taskKilling,
        boolean tasksAnswerHttp,
        List<Long> randomSeed,
        Clock clock) {

    public SimulatedMarathonSettings {
        agents = List.copyOf(agents);
        randomSeed = List.copyOf(randomSeed);
        require(port >= 0 && port <= 65535, "port must be between 0 and 65535: was " + port);
        require(members >= 1 && members <= 9, "members must be between 1 and 9: was " + members);
        require(!agents.isEmpty(), "agents must not be empty");
        require(
                firstHostPort >= 1 && firstHostPort <= lastHostPort && lastHostPort <= 65535,
                "host ports must be a range within 1 and 65535: was "
                        + firstHostPort
                        + ".."
                        + lastHostPort);
        require(
                maxOutstandingEvents >= 1,
                "maxOutstandingEvents must be at least 1: was " + maxOutstandingEvents);
        require(
                streamSendBuffer >= 0,
                "streamSendBuffer must be 0 or more: was " + streamSendBuffer);
        require(randomSeed.size() <= 1, "at most one randomSeed");
        require(heartbeat.isPositive(), "heartbeat must be positive: was " + heartbeat);
    }

    /** Free port, one member, agents 10.0.0.4 to 10.0.0.6, brisk pace, Marathon's own limits. */
    public static SimulatedMarathonSettings defaults() {
        return new SimulatedMarathonSettings(
                0,
                1,
                agentsAt("10.0.0.", 4, 3),
                31000,
                32000,
                Pace.BRISK,
                Duration.ofSeconds(10),
                1024,
                0,
                false,
                false,
                List.of(),
                Clock.systemUTC());
    }

    /**
     * Tasks that answer HTTP on 127.0.1.1 to 127.0.1.3, API on 127.0.0.1:8080, TASK_KILLING
     * reported.
     */
    public static SimulatedMarathonSettings demo() {
        return defaults()
                .withPort(8080)
                .withAgents(agentsAt("127.0.1.", 1, 3))
                .withTaskKilling(true)
                .withTasksAnswerHttp(true);
    }

    /** {@code count} agents at consecutive addresses. */
    public static List<SimulatedAgent> agentsAt(String prefix, int firstOctet, int count) {
        return IntStream.range(0, count)
                .mapToObj(index -> SimulatedAgent.of(index, prefix + (firstOctet + index)))
                .toList();
    }

    public SimulatedMarathonSettings withPort(int other) {
        return with(draft -> draft.port = other);
    }

    public SimulatedMarathonSettings withMembers(int other) {
        return with(draft -> draft.members = other);
    }

    public SimulatedMarathonSettings withAgents(List<SimulatedAgent> other) {
        return with(draft -> draft.agents = other);
    }

    public SimulatedMarathonSettings withHostPorts(int first, int last) {
        return with(
                draft -> {
                    draft.firstHostPort = first;
                    draft.lastHostPort = last;
                });
    }

    public SimulatedMarathonSettings withPace(Pace other) {
        return with(draft -> draft.pace = other);
    }

    public SimulatedMarathonSettings withHeartbeat(Duration other) {
        return with(draft -> draft.heartbeat = other);
    }

    /** Limits the queued events of a consumer, and the kernel's buffer for its stream. */
    public SimulatedMarathonSettings withOutstanding(int events, int sendBuffer) {
        return with(
                draft -> {
                    draft.maxOutstandingEvents = events;
                    draft.streamSendBuffer = sendBuffer;
                });
    }

    public SimulatedMarathonSettings withTaskKilling(boolean other) {
        return with(draft -> draft.taskKilling = other);
    }

    public SimulatedMarathonSettings withTasksAnswerHttp(boolean other) {
        return with(draft -> draft.tasksAnswerHttp = other);
    }

    public SimulatedMarathonSettings withSeed(long seed) {
        return with(draft -> draft.randomSeed = List.of(seed));
    }

    public SimulatedMarathonSettings withClock(Clock other) {
        return with(draft -> draft.clock = other);
    }

    private SimulatedMarathonSettings with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.settings();
    }

    OptionalLong seed() {
        return randomSeed.stream().mapToLong(Long::longValue).findFirst();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** A mutable copy, in which a {@code with} method sets one value. */
    private static final class Draft {
        private int port;
        private int members;
        private List<SimulatedAgent> agents;
        private int firstHostPort;
        private int lastHostPort;
        private Pace pace;
        private Duration heartbeat;
        private int maxOutstandingEvents;
        private int streamSendBuffer;
        private boolean taskKilling;
        private boolean tasksAnswerHttp;
        private List<Long> randomSeed;
        private Clock clock;

        Draft(SimulatedMarathonSettings from) {
            port = from.port;
            members = from.members;
            agents = from.agents;
            firstHostPort = from.firstHostPort;
            lastHostPort = from.lastHostPort;
            pace = from.pace;
            heartbeat = from.heartbeat;
            maxOutstandingEvents = from.maxOutstandingEvents;
            streamSendBuffer = from.streamSendBuffer;
            taskKilling = from.taskKilling;
            tasksAnswerHttp = from.tasksAnswerHttp;
            randomSeed = from.randomSeed;
            clock = from.clock;
        }

        SimulatedMarathonSettings settings() {
            return new SimulatedMarathonSettings(
                    port,
                    members,
                    agents,
                    firstHostPort,
                    lastHostPort,
                    pace,
                    heartbeat,
                    maxOutstandingEvents,
                    streamSendBuffer,
                    taskKilling,
                    tasksAnswerHttp,
                    randomSeed,
                    clock);
        }
    }
}
