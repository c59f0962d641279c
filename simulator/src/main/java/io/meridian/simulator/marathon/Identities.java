package io.meridian.simulator.marathon;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;

/** Ids, versions and timestamps; repeatable with a seed. Only the simulation thread. */
final class Identities {
    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final String NODE = "8d6a-02fc00000001";

    private final Random random;
    private final Clock clock;
    private Instant lastVersion = Instant.EPOCH;
    private int counter;
    private final int start;

    Identities(OptionalLong seed, Clock clock) {
        this.random = seed.isPresent() ? new Random(seed.getAsLong()) : new Random();
        this.clock = clock;
        this.start = random.nextInt();
    }

    /** Makes an id like the time-based UUIDs of real instances, which differ in the first group. */
    String instance(String serviceId) {
        String safePath = serviceId.substring(1).replace('/', '_');
        return "%s.instance-%08x-e64c-11f1-%s".formatted(safePath, start + counter++, NODE);
    }

    String deployment() {
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    /** Returns the present version in ms; later than every version before. */
    String version() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        lastVersion = now.isAfter(lastVersion) ? now : lastVersion.plusMillis(1);
        return FORM.format(lastVersion);
    }

    String now() {
        return FORM.format(clock.instant());
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    static String format(Instant instant) {
        return FORM.format(instant);
    }
}
