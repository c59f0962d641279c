package io.meridian.simulator.marathon;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * How a {@link SimulatedMarathon} behaves. Start from {@link #defaults()} or {@link #demo()} and
 * change what matters.
 *
 * @param port of the first member, 0..65535, 0 = any free one
 * @param members Marathons in the cluster, 1..9; all share one state, one leads, the others
 *     redirect /v2/events and answer everything else for the leader
 * @param agents where tasks run, at least one
 * @param firstHostPort first and
 * @param lastHostPort last host port that an agent offers
 * @param heartbeat between two heartbeats of one stream
 * @param maxOutstandingEvents events a consumer may be behind before it is cut
 * @param streamSendBuffer SO_SNDBUF of event streams in bytes, 0 = the system's; small values make
 *     consumers slow soon
 * @param taskKilling report TASK_KILLING (Marathon's feature {@code task_killing})
 * @param tasksAnswerHttp tasks really listen on their host ports at their agent's address
 * @param randomSeed makes ids and ports repeatable; empty = different every time
 * @param clock of versions and timestamps; delays always pass in real time
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
        return new SimulatedMarathonSettings(
                other,
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

    public SimulatedMarathonSettings withMembers(int other) {
        return new SimulatedMarathonSettings(
                port,
                other,
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

    public SimulatedMarathonSettings withAgents(List<SimulatedAgent> other) {
        return new SimulatedMarathonSettings(
                port,
                members,
                other,
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

    public SimulatedMarathonSettings withHostPorts(int first, int last) {
        return new SimulatedMarathonSettings(
                port,
                members,
                agents,
                first,
                last,
                pace,
                heartbeat,
                maxOutstandingEvents,
                streamSendBuffer,
                taskKilling,
                tasksAnswerHttp,
                randomSeed,
                clock);
    }

    public SimulatedMarathonSettings withPace(Pace other) {
        return new SimulatedMarathonSettings(
                port,
                members,
                agents,
                firstHostPort,
                lastHostPort,
                other,
                heartbeat,
                maxOutstandingEvents,
                streamSendBuffer,
                taskKilling,
                tasksAnswerHttp,
                randomSeed,
                clock);
    }

    public SimulatedMarathonSettings withHeartbeat(Duration other) {
        return new SimulatedMarathonSettings(
                port,
                members,
                agents,
                firstHostPort,
                lastHostPort,
                pace,
                other,
                maxOutstandingEvents,
                streamSendBuffer,
                taskKilling,
                tasksAnswerHttp,
                randomSeed,
                clock);
    }

    /** Limits how far a consumer may be behind, and how much the kernel hides of it. */
    public SimulatedMarathonSettings withOutstanding(int events, int sendBuffer) {
        return new SimulatedMarathonSettings(
                port,
                members,
                agents,
                firstHostPort,
                lastHostPort,
                pace,
                heartbeat,
                events,
                sendBuffer,
                taskKilling,
                tasksAnswerHttp,
                randomSeed,
                clock);
    }

    public SimulatedMarathonSettings withTaskKilling(boolean other) {
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
                other,
                tasksAnswerHttp,
                randomSeed,
                clock);
    }

    public SimulatedMarathonSettings withTasksAnswerHttp(boolean other) {
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
                other,
                randomSeed,
                clock);
    }

    public SimulatedMarathonSettings withSeed(long seed) {
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
                List.of(seed),
                clock);
    }

    public SimulatedMarathonSettings withClock(Clock other) {
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
                other);
    }

    OptionalLong seed() {
        return randomSeed.stream().mapToLong(Long::longValue).findFirst();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
