package io.meridian.simulator.mesos;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * Settings of a {@link SimulatedMesos}. Start from {@link #defaults()} and change single values.
 *
 * @param masters addresses of the masters, at least one; the first leads
 * @param port port of every master, 0..65535, 0 = any free one each
 * @param api the part of the v1 API that the masters support
 * @param heartbeat interval of the heartbeats of a stream; SUBSCRIBED announces it in seconds
 * @param chunk bytes in an HTTP chunk of a stream, 0 = one record each
 * @param authorization accepted values of the header {@code Authorization}; empty = every request
 *     is accepted
 * @param tasksAnswerHttp whether tasks really listen on their host ports at their agent's address
 * @param clock clock of the timestamps of statuses
 */
public record SimulatedMesosSettings(
        List<String> masters,
        int port,
        Api api,
        Duration heartbeat,
        int chunk,
        List<String> authorization,
        boolean tasksAnswerHttp,
        Clock clock) {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    /** The calls that a master supports, by its age. */
    public enum Api {
        /** All calls. */
        STREAM,
        /** All calls but SUBSCRIBE, which gets 501. */
        NO_SUBSCRIBE,
        /** No {@code /api/v1}: every call gets 404. */
        STATE_ONLY
    }

    public SimulatedMesosSettings {
        masters = List.copyOf(masters);
        authorization = List.copyOf(authorization);
        require(!masters.isEmpty(), "masters must not be empty");
        require(port >= 0 && port <= 65535, "port must be between 0 and 65535: was " + port);
        require(heartbeat.isPositive(), "heartbeat must be positive: was " + heartbeat);
        require(chunk >= 0, "chunk must be 0 or more: was " + chunk);
    }

    /** One master on a free port of 127.0.0.1, all calls, Mesos's own heartbeat. */
    public static SimulatedMesosSettings defaults() {
        return new SimulatedMesosSettings(
                List.of("127.0.0.1"),
                0,
                Api.STREAM,
                HEARTBEAT,
                0,
                List.of(),
                false,
                Clock.systemUTC());
    }

    public SimulatedMesosSettings withMasters(String... addresses) {
        return new SimulatedMesosSettings(
                List.of(addresses),
                port,
                api,
                heartbeat,
                chunk,
                authorization,
                tasksAnswerHttp,
                clock);
    }

    public SimulatedMesosSettings withPort(int other) {
        return new SimulatedMesosSettings(
                masters, other, api, heartbeat, chunk, authorization, tasksAnswerHttp, clock);
    }

    public SimulatedMesosSettings withApi(Api other) {
        return new SimulatedMesosSettings(
                masters, port, other, heartbeat, chunk, authorization, tasksAnswerHttp, clock);
    }

    public SimulatedMesosSettings withHeartbeat(Duration other) {
        return new SimulatedMesosSettings(
                masters, port, api, other, chunk, authorization, tasksAnswerHttp, clock);
    }

    public SimulatedMesosSettings withChunk(int bytes) {
        return new SimulatedMesosSettings(
                masters, port, api, heartbeat, bytes, authorization, tasksAnswerHttp, clock);
    }

    /** Refuses requests whose {@code Authorization} is none of these values. */
    public SimulatedMesosSettings withAuthorization(String... values) {
        return new SimulatedMesosSettings(
                masters, port, api, heartbeat, chunk, List.of(values), tasksAnswerHttp, clock);
    }

    public SimulatedMesosSettings withTasksAnswerHttp(boolean other) {
        return new SimulatedMesosSettings(
                masters, port, api, heartbeat, chunk, authorization, other, clock);
    }

    public SimulatedMesosSettings withClock(Clock other) {
        return new SimulatedMesosSettings(
                masters, port, api, heartbeat, chunk, authorization, tasksAnswerHttp, other);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
