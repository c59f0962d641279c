package io.meridian.domain.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The options that labels request for a VIP's virtual server; an empty option is not requested. A
 * VIP without options has {@link VipScheduler#DEFAULT}, no affinity, the node's times, and hides
 * its clients' addresses, as in DC/OS.
 *
 * @param scheduler algorithm that chooses a backend for a connection
 * @param affinity how long a client keeps its backend after its last connection, whole seconds, 0
 *     to {@link #LONGEST}; 0 is not at all
 * @param drain how long a backend that is gone keeps its connections, whole seconds, 0 to {@link
 *     #LONGEST}; 0 is not at all
 * @param slowStart how long a new backend takes to reach its weight, whole seconds, 0 to {@link
 *     #LONGEST}; 0 is at once
 * @param keepsClientAddress whether backends see their clients' addresses (direct routing), on
 *     nodes that support it
 * @param refused one sentence for each option label without effect, for the operator
 */
public record VipOptions(
        Optional<VipScheduler> scheduler,
        Optional<Duration> affinity,
        Optional<Duration> drain,
        Optional<Duration> slowStart,
        Optional<Boolean> keepsClientAddress,
        SortedSet<String> refused)
        implements Comparable<VipOptions> {
    /** No option. */
    public static final VipOptions NONE =
            new VipOptions(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Collections.emptySortedSet());

    public static final Duration LONGEST = Duration.ofDays(1);

    private static final String ESCAPED = "%,}";
    private static final HexFormat HEX = HexFormat.of();

    public VipOptions {
        check("affinity", affinity);
        check("drain", drain);
        check("slow-start", slowStart);
        refused =
                refused.isEmpty()
                        ? Collections.emptySortedSet()
                        : Collections.unmodifiableSortedSet(new TreeSet<>(refused));
    }

    /**
     * Merges: each option of these, or the other's where these have none; refused labels of both.
     */
    public VipOptions over(VipOptions others) {
        return new VipOptions(
                scheduler.or(others::scheduler),
                affinity.or(others::affinity),
                drain.or(others::drain),
                slowStart.or(others::slowStart),
                keepsClientAddress.or(others::keepsClientAddress),
                union(refused, others.refused));
    }

    private static SortedSet<String> union(SortedSet<String> one, SortedSet<String> other) {
        if (other.isEmpty()) {
            return one;
        }
        SortedSet<String> all = new TreeSet<>(one);
        all.addAll(other);
        return all;
    }

    public boolean isEmpty() {
        return equals(NONE);
    }

    /**
     * Reads what {@link #toString()} wrote. Unknown names are ignored: a newer program may have
     * written them.
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
            case "refused" -> withRefused(sentences(value));
            default -> this;
        };
    }

    public VipOptions withScheduler(VipScheduler one) {
        return new VipOptions(
                Optional.of(one), affinity, drain, slowStart, keepsClientAddress, refused);
    }

    public VipOptions withAffinity(Duration time) {
        return new VipOptions(
                scheduler, Optional.of(time), drain, slowStart, keepsClientAddress, refused);
    }

    public VipOptions withDrain(Duration time) {
        return new VipOptions(
                scheduler, affinity, Optional.of(time), slowStart, keepsClientAddress, refused);
    }

    public VipOptions withSlowStart(Duration time) {
        return new VipOptions(
                scheduler, affinity, drain, Optional.of(time), keepsClientAddress, refused);
    }

    public VipOptions withClientAddressKept(boolean kept) {
        return new VipOptions(scheduler, affinity, drain, slowStart, Optional.of(kept), refused);
    }

    /** A copy with these sentences instead of the present ones. */
    public VipOptions withRefused(Collection<String> sentences) {
        return new VipOptions(
                scheduler,
                affinity,
                drain,
                slowStart,
                keepsClientAddress,
                new TreeSet<>(sentences));
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
     * {@code scheduler=rr affinity=300 drain=60 slow-start=30 client-address=keep refused=a%20b,c},
     * without options that are not requested; times in seconds. Journal, tables and feed hold this
     * text, so its words never change.
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
        if (!refused.isEmpty()) {
            words.add(
                    "refused=" + String.join(",", refused.stream().map(VipOptions::word).toList()));
        }
        return String.join(" ", words);
    }

    /** Percent-encodes a sentence's separators: space, comma, and the braces around options. */
    private static String word(String sentence) {
        StringBuilder word = new StringBuilder(sentence.length() + 16);
        for (int i = 0; i < sentence.length(); i++) {
            char c = sentence.charAt(i);
            if (c <= ' ' || ESCAPED.indexOf(c) >= 0) {
                word.append('%').append(HEX.toHighHexDigit(c)).append(HEX.toLowHexDigit(c));
            } else {
                word.append(c);
            }
        }
        return word.toString();
    }

    private static SortedSet<String> sentences(String words) {
        SortedSet<String> all = new TreeSet<>();
        for (String word : words.split(",", -1)) {
            all.add(sentence(word));
        }
        return all;
    }

    private static String sentence(String word) {
        StringBuilder sentence = new StringBuilder(word.length());
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c != '%') {
                sentence.append(c);
            } else if (i + 2 < word.length()) {
                sentence.append((char) HexFormat.fromHexDigits(word, i + 1, i + 3));
                i += 2;
            } else {
                throw new IllegalArgumentException("\"" + word + "\" ends within an escape");
            }
        }
        return sentence.toString();
    }
}
