package io.meridian.domain.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a VIP's labels ask of its virtual server; empty is "not said". A VIP without any has {@link
 * VipScheduler#DEFAULT}, no affinity, the node's own times, and hides its clients' addresses, as in
 * DC/OS.
 *
 * @param scheduler how a backend is chosen
 * @param affinity how long a client keeps its backend after its last connection, whole seconds, 0
 *     to {@link #LONGEST}; 0 is not at all
 * @param drain how long a backend that is gone keeps its connections, whole seconds, 0 to {@link
 *     #LONGEST}; 0 is not at all
 * @param slowStart how long a new backend takes to reach its weight, whole seconds, 0 to {@link
 *     #LONGEST}; 0 is at once
 * @param keepsClientAddress whether backends are to see their clients' own addresses (direct
 *     routing), where a node can do that
 */
public record VipOptions(
        Optional<VipScheduler> scheduler,
        Optional<Duration> affinity,
        Optional<Duration> drain,
        Optional<Duration> slowStart,
        Optional<Boolean> keepsClientAddress)
        implements Comparable<VipOptions> {
    /** Nothing said. */
    public static final VipOptions NONE =
            new VipOptions(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    public static final Duration LONGEST = Duration.ofDays(1);

    public VipOptions {
        check("affinity", affinity);
        check("drain", drain);
        check("slow-start", slowStart);
    }

    /** These, and where they say nothing, the others. */
    public VipOptions over(VipOptions others) {
        return new VipOptions(
                scheduler.or(others::scheduler),
                affinity.or(others::affinity),
                drain.or(others::drain),
                slowStart.or(others::slowStart),
                keepsClientAddress.or(others::keepsClientAddress));
    }

    public boolean isEmpty() {
        return equals(NONE);
    }

    /**
     * Reads what {@link #toString()} wrote. Words that are unknown here are passed over: they are
     * of a newer program.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static VipOptions parse(String text) {
        VipOptions read = NONE;
        for (String word : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
            int sign = word.indexOf('=');
            if (sign <= 0) {
                throw new IllegalArgumentException(
                        "options of a VIP are name=value: was \"" + text + "\"");
            }
            read = read.with(word.substring(0, sign), word.substring(sign + 1));
        }
        return read;
    }

    private VipOptions with(String name, String value) {
        return switch (name) {
            case "scheduler" ->
                    withScheduler(
                            VipScheduler.parse(value)
                                    .orElseThrow(
                                            () ->
                                                    new IllegalArgumentException(
                                                            "no scheduler is called \""
                                                                    + value
                                                                    + "\"")));
            case "affinity" -> withAffinity(seconds(value));
            case "drain" -> withDrain(seconds(value));
            case "slow-start" -> withSlowStart(seconds(value));
            case "client-address" -> withClientAddressKept(value.equals("keep"));
            default -> this;
        };
    }

    public VipOptions withScheduler(VipScheduler one) {
        return new VipOptions(Optional.of(one), affinity, drain, slowStart, keepsClientAddress);
    }

    public VipOptions withAffinity(Duration time) {
        return new VipOptions(scheduler, Optional.of(time), drain, slowStart, keepsClientAddress);
    }

    public VipOptions withDrain(Duration time) {
        return new VipOptions(
                scheduler, affinity, Optional.of(time), slowStart, keepsClientAddress);
    }

    public VipOptions withSlowStart(Duration time) {
        return new VipOptions(scheduler, affinity, drain, Optional.of(time), keepsClientAddress);
    }

    public VipOptions withClientAddressKept(boolean kept) {
        return new VipOptions(scheduler, affinity, drain, slowStart, Optional.of(kept));
    }

    private static Duration seconds(String value) {
        return Duration.ofSeconds(Integer.parseInt(value));
    }

    private static void check(String name, Optional<Duration> time) {
        if (time.isPresent()
                && (time.get().isNegative()
                        || time.get().compareTo(LONGEST) > 0
                        || !time.get().equals(Duration.ofSeconds(time.get().toSeconds())))) {
            throw new IllegalArgumentException(
                    name + " must be whole seconds between 0 and 1 day: was " + time.get());
        }
    }

    @Override
    public int compareTo(VipOptions other) {
        return equals(other) ? 0 : toString().compareTo(other.toString());
    }

    /**
     * {@code scheduler=rr affinity=300 drain=60 slow-start=30 client-address=keep}, without what is
     * not said; times in seconds. Journal, tables and feed hold it: its words never change.
     */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        scheduler.ifPresent(value -> words.add("scheduler=" + value.label()));
        affinity.ifPresent(value -> words.add("affinity=" + value.toSeconds()));
        drain.ifPresent(value -> words.add("drain=" + value.toSeconds()));
        slowStart.ifPresent(value -> words.add("slow-start=" + value.toSeconds()));
        keepsClientAddress.ifPresent(
                keeps -> words.add("client-address=" + (keeps ? "keep" : "hide")));
        return String.join(" ", words);
    }
}
