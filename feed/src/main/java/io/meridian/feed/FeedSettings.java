package io.meridian.feed;

import com.typesafe.config.Config;

import java.time.Duration;

/**
 * The room's settings, {@code meridian.feed.*}; meaning and ranges are in {@code reference.conf}.
 */
public record FeedSettings(Server server, Client client, Nodes nodes) {
    /**
     * @param historyRevisions revisions kept for nodes that are behind
     * @param historyRows changed rows in these revisions, upper bound
     * @param partSize bytes
     */
    public record Server(
            Duration longPollTimeout,
            Duration readInterval,
            int readLimit,
            Duration readTimeout,
            Duration readBackoffMin,
            Duration readBackoffMax,
            Duration auditInterval,
            int historyRevisions,
            int historyRows,
            int partSize) {}

    /**
     * @param maxSaveDuty share of time, 0.001..1
     */
    public record Client(
            Duration answerTimeout,
            Duration backoffMin,
            Duration backoffMax,
            int rollbackConfirmations,
            Duration saveInterval,
            double maxSaveDuty) {}

    /**
     * @param lostAfter time without a report after which a node counts as lost
     */
    public record Nodes(Duration reportInterval, Duration lostAfter, Duration forgetAfter) {}

    private static final String SERVER = "meridian.feed.server.";
    private static final String CLIENT = "meridian.feed.client.";
    private static final String NODES = "meridian.feed.nodes.";
    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /**
     * @param config the program's whole configuration
     * @throws IllegalArgumentException if a value is out of its range; the message has key, range
     *     and value
     */
    public static FeedSettings from(Config config) {
        Server server = server(config);
        return new FeedSettings(server, client(config, server.longPollTimeout()), nodes(config));
    }

    private static Server server(Config config) {
        Duration backoffMin =
                duration(config, SERVER + "read-backoff-min", MILLISECOND, MINUTE.multipliedBy(10));
        return new Server(
                duration(config, SERVER + "long-poll-timeout", Duration.ofMillis(100), MINUTE),
                duration(config, SERVER + "read-interval", Duration.ofMillis(10), MINUTE),
                integer(config, SERVER + "read-limit", 1, 100_000),
                duration(
                        config,
                        SERVER + "read-timeout",
                        Duration.ofMillis(100),
                        MINUTE.multipliedBy(10)),
                backoffMin,
                duration(config, SERVER + "read-backoff-max", backoffMin, MINUTE.multipliedBy(10)),
                duration(
                        config,
                        SERVER + "audit-interval",
                        Duration.ofSeconds(1),
                        Duration.ofDays(1)),
                integer(config, SERVER + "change-history-revisions", 1, 1_000_000),
                integer(config, SERVER + "change-history-rows", 1, 10_000_000),
                (int)
                        within(
                                SERVER + "part-size",
                                config.getBytes(SERVER + "part-size"),
                                1 << 10,
                                1 << 20));
    }

    private static Client client(Config config, Duration longPollTimeout) {
        Duration backoffMin =
                duration(config, CLIENT + "backoff-min", MILLISECOND, MINUTE.multipliedBy(10));
        Duration shortest = longPollTimeout.plusMillis(1);
        return new Client(
                duration(config, CLIENT + "answer-timeout", shortest, MINUTE.multipliedBy(5)),
                backoffMin,
                duration(config, CLIENT + "backoff-max", backoffMin, MINUTE.multipliedBy(10)),
                integer(config, CLIENT + "rollback-confirmations", 1, 1000),
                duration(
                        config,
                        CLIENT + "save-interval",
                        Duration.ofMillis(10),
                        Duration.ofHours(1)),
                share(config, CLIENT + "max-save-duty"));
    }

    private static Nodes nodes(Config config) {
        Duration interval =
                duration(config, NODES + "report-interval", Duration.ofMillis(10), MINUTE);
        Duration lostAfter =
                duration(
                        config,
                        NODES + "lost-after",
                        interval.multipliedBy(4),
                        Duration.ofHours(1));
        return new Nodes(
                interval,
                lostAfter,
                duration(config, NODES + "forget-after", lostAfter, Duration.ofDays(30)));
    }

    private static Duration duration(Config config, String key, Duration min, Duration max) {
        Duration value = config.getDuration(key);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw outOfRange(
                    key, min.toMillis() + " ms", max.toMillis() + " ms", value.toMillis() + " ms");
        }
        return value;
    }

    private static int integer(Config config, String key, int min, int max) {
        return (int) within(key, config.getInt(key), min, max);
    }

    private static long within(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw outOfRange(key, Long.toString(min), Long.toString(max), Long.toString(value));
        }
        return value;
    }

    private static double share(Config config, String key) {
        double value = config.getDouble(key);
        if (!(value >= 0.001 && value <= 1)) {
            throw outOfRange(key, "0.001", "1", Double.toString(value));
        }
        return value;
    }

    private static IllegalArgumentException outOfRange(
            String key, String min, String max, String value) {
        return new IllegalArgumentException(
                "setting " + key + " must be between " + min + " and " + max + ": was " + value);
    }
}
