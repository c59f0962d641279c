package io.meridian.domain.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.meridian.domain.net.Protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The VIPs that the labels of a port, or of a whole task, request (specs: dcos-net 2.1).
 *
 * <p>On a port a VIP label is one whose key starts with {@code VIP} or {@code vip}, in exactly
 * these spellings. On a task it is {@code vip_port<N>} in any case, for its host port number N from
 * 0, with {@code tcp://} or {@code udp://} before its value.
 *
 * <p>Labels such as {@code MERIDIAN_VIP_0_SCHEDULER} set options of the VIP of label {@code VIP_0}.
 * {@code MERIDIAN_VIP_SCHEDULER} sets the option for every VIP of the same port; on a task, for
 * every VIP without an own value.
 */
public final class VipLabels {
    private static final String PREFIX = "MERIDIAN_";
    private static final String EVERY = "VIP";
    private static final int LONGEST_SHOWN = 100;
    private static final Pattern TASK_LABEL =
            Pattern.compile("vip_port(\\d{1,5})", Pattern.CASE_INSENSITIVE);

    /** A key that requests a VIP on a port; on a task it is a mistake. */
    private static final Pattern PORT_LABEL =
            Pattern.compile("vip(_?\\d{1,5})?", Pattern.CASE_INSENSITIVE);

    private static final Pattern PORT_VALUE = Pattern.compile(".*:\\d+", Pattern.DOTALL);
    private static final Pattern TASK_VALUE =
            Pattern.compile("(tcp|udp)://(.*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern TIME = Pattern.compile("(\\d{1,6})(s|m|h|)");

    /** A label without effect, with the reason, for the operator. */
    public record Refusal(String key, String why) {}

    /**
     * The VIPs that the labels of one port request, and the labels without effect.
     *
     * @param vips VIPs sorted by the keys of their labels
     */
    public record OfPort(List<LabelledVip> vips, List<Refusal> refusals) {
        private static final OfPort NOTHING = new OfPort(List.of(), List.of());

        public OfPort {
            vips = List.copyOf(vips);
            refusals = List.copyOf(refusals);
        }
    }

    /** Options that labels request for one VIP; an empty field is not requested. */
    private record Requested(Optional<Integer> weight, VipOptions options) {
        static final Requested NOTHING = of(VipOptions.NONE);

        static Requested of(VipOptions options) {
            return new Requested(Optional.empty(), options);
        }

        Requested over(Requested others) {
            return new Requested(weight.or(others::weight), options.over(others.options));
        }
    }

    private final SortedMap<String, Requested> requested =
            new TreeMap<>(); // by VIP label's key, upper case
    private final SortedMap<Integer, List<LabelledVip>> ofHostPorts = new TreeMap<>();
    private final List<Refusal> refusals = new ArrayList<>();

    private static final VipLabels NOTHING = new VipLabels();

    private VipLabels() {}

    /** Whether a label of this key may concern VIPs. */
    public static boolean concerns(String key) {
        String name = key.toUpperCase(Locale.ROOT);
        return name.startsWith(EVERY) || name.startsWith(PREFIX + EVERY);
    }

    /** Reads the labels of a task, such as those of its app. */
    public static VipLabels ofTask(Map<String, String> labels) {
        return labels.isEmpty() ? NOTHING : ofTask(labels, NOTHING);
    }

    /**
     * Reads the labels of a task.
     *
     * @param outer labels of the task's pod, whose options for every VIP apply where the task sets
     *     none
     */
    public static VipLabels ofTask(Map<String, String> labels, VipLabels outer) {
        VipLabels task = new VipLabels();
        if (outer.requested.containsKey(EVERY)) {
            task.requested.put(EVERY, outer.requested.get(EVERY));
        }
        SortedMap<String, String> vips = new TreeMap<>();
        labels.forEach(
                (key, value) -> {
                    if (TASK_LABEL.matcher(key).matches()) {
                        vips.put(key, value);
                    } else if (PORT_LABEL.matcher(key).matches()
                            && PORT_VALUE.matcher(value).matches()) {
                        task.refuse(
                                key,
                                value,
                                "is on the task, where it has no effect; a VIP label belongs to"
                                        + " the labels of a port, and vip_port0 to those of the"
                                        + " task");
                    }
                });
        task.readOptions(labels, vips, "of this app; on a port it belongs beside that port's VIP");
        vips.forEach(task::readTaskVip);
        return task;
    }

    /**
     * Reads the labels of one port of this task.
     *
     * @param labels labels of the port itself
     */
    public OfPort ofPort(Map<String, String> labels) {
        if (labels.isEmpty()) {
            return OfPort.NOTHING;
        }
        VipLabels port = new VipLabels();
        SortedMap<String, String> vips = new TreeMap<>();
        labels.forEach(
                (key, value) -> {
                    if (key.startsWith("VIP") || key.startsWith("vip")) {
                        vips.put(key, value);
                    } else if (key.toUpperCase(Locale.ROOT).startsWith(EVERY)) {
                        port.refuse(
                                key,
                                value,
                                "has a key that starts with neither VIP nor vip; this VIP is not"
                                        + " created, others are");
                    }
                });
        port.readOptions(labels, vips, "of this port");
        List<LabelledVip> all = new ArrayList<>();
        Requested defaults = requested.getOrDefault(EVERY, Requested.NOTHING);
        vips.forEach(
                (key, value) ->
                        all.add(labelled(value, Optional.empty(), port.of(key).over(defaults))));
        return new OfPort(all, port.refusals);
    }

    /** VIPs that labels of the task request, by the index of the host port, from 0. */
    public SortedMap<Integer, List<LabelledVip>> ofHostPorts() {
        return Collections.unmodifiableSortedMap(ofHostPorts);
    }

    /**
     * Labels of the task without effect, by key.
     *
     * @param hostPorts number of the task's host ports
     */
    public List<Refusal> refusals(int hostPorts) {
        List<Refusal> all = new ArrayList<>(refusals);
        ofHostPorts
                .tailMap(hostPorts)
                .forEach(
                        (number, vips) ->
                                vips.forEach(
                                        vip ->
                                                all.add(
                                                        new Refusal(
                                                                "vip_port" + number,
                                                                "\""
                                                                        + vip.value()
                                                                        + "\" is for host port "
                                                                        + number
                                                                        + ", counted from 0, and"
                                                                        + " there are "
                                                                        + hostPorts
                                                                        + "; this VIP is not"
                                                                        + " created, others"
                                                                        + " are"))));
        return all;
    }

    private void readTaskVip(String key, String value) {
        Matcher name = TASK_LABEL.matcher(key);
        Matcher parts = TASK_VALUE.matcher(value);
        if (!name.matches() || !parts.matches()) {
            refuse(
                    key,
                    value,
                    "does not start with tcp:// or udp://; this VIP is not created, others are");
            return;
        }
        ofHostPorts
                .computeIfAbsent(Integer.parseInt(name.group(1)), _ -> new ArrayList<>())
                .add(labelled(parts.group(2), Protocol.parse(parts.group(1)), of(key)));
    }

    private static LabelledVip labelled(
            String value, Optional<Protocol> protocol, Requested requested) {
        return new LabelledVip(value, protocol, requested.weight().orElse(1), requested.options());
    }

    private Requested of(String vipKey) {
        return requested
                .getOrDefault(vipKey.toUpperCase(Locale.ROOT), Requested.NOTHING)
                .over(requested.getOrDefault(EVERY, Requested.NOTHING));
    }

    private void readOptions(
            Map<String, String> labels, SortedMap<String, String> vips, String place) {
        SortedMap<String, String> vipKeys = new TreeMap<>();
        vips.keySet().forEach(key -> vipKeys.put(key.toUpperCase(Locale.ROOT), key));
        new TreeMap<>(labels)
                .forEach(
                        (key, value) -> {
                            String name = key.toUpperCase(Locale.ROOT);
                            if (name.startsWith(PREFIX + EVERY)) {
                                readOption(
                                        key,
                                        name.substring(PREFIX.length()),
                                        value,
                                        vipKeys,
                                        place);
                            }
                        });
    }

    private void readOption(
            String key,
            String name,
            String value,
            SortedMap<String, String> vipKeys,
            String place) {
        Optional<Option> option = Option.endOf(name);
        if (option.isEmpty()) {
            refuse(
                    EVERY,
                    key,
                    value,
                    "is none of the options " + Option.names() + "; it is ignored");
            return;
        }
        String vip = name.substring(0, name.length() - option.get().suffix().length());
        if (!vip.equals(EVERY) && !vipKeys.containsKey(vip)) {
            refuse(
                    EVERY,
                    key,
                    value,
                    "is for label " + vip + ", which is none " + place + "; it is ignored");
            return;
        }
        option.get()
                .read(value.trim().toLowerCase(Locale.ROOT))
                .ifPresentOrElse(
                        one -> requested.merge(vip, one, (before, now) -> now.over(before)),
                        () ->
                                refuse(
                                        vip,
                                        key,
                                        value,
                                        "is not "
                                                + option.get().range
                                                + "; the VIP is created without this option"));
    }

    /**
     * Refuses an option, also in the options of the VIP that the label names, so that the VIP's
     * status shows the refusal.
     */
    private void refuse(String vip, String key, String value, String why) {
        refuse(key, value, why);
        String sentence = "label " + shortened(key) + "=\"" + shortened(value) + "\" " + why;
        requested.merge(
                vip,
                Requested.of(VipOptions.NONE.withRefused(List.of(sentence))),
                (before, now) -> now.over(before));
    }

    /**
     * Shortens a label's text, because the rows of every task hold it. Never splits a surrogate
     * pair, which the database would reject.
     */
    private static String shortened(String text) {
        String whole = new String(text.getBytes(UTF_8), UTF_8);
        int length = whole.codePointCount(0, whole.length());
        return length <= LONGEST_SHOWN
                ? whole
                : whole.substring(0, whole.offsetByCodePoints(0, LONGEST_SHOWN)) + "...";
    }

    private void refuse(String key, String value, String why) {
        refusals.add(new Refusal(key, "\"" + value + "\" " + why));
    }

    /** The options of a VIP; a label's key ends in the name of an option. */
    private enum Option {
        SCHEDULER("one of " + VipScheduler.labels()),
        AFFINITY(Option.TIMES),
        DRAIN(Option.TIMES),
        SLOW_START(Option.TIMES),
        CLIENT_ADDRESS("keep or hide"),
        WEIGHT("a whole number from 1 to " + LabelledVip.HEAVIEST);

        private static final String TIMES = "a time from 0 to 24h, such as 90s, 5m or 1h";

        private final String range;

        Option(String range) {
            this.range = range;
        }

        /** The option whose name is at the end of a key. */
        static Optional<Option> endOf(String key) {
            return Arrays.stream(values()).filter(one -> key.endsWith(one.suffix())).findAny();
        }

        static String names() {
            return Arrays.stream(values()).map(Option::name).collect(Collectors.joining(", "));
        }

        String suffix() {
            return "_" + name();
        }

        /** Reads a value; empty if the value is out of the option's range. */
        Optional<Requested> read(String value) {
            return switch (this) {
                case SCHEDULER ->
                        VipScheduler.parse(value)
                                .map(one -> Requested.of(VipOptions.NONE.withScheduler(one)));
                case AFFINITY ->
                        time(value).map(time -> Requested.of(VipOptions.NONE.withAffinity(time)));
                case DRAIN ->
                        time(value).map(time -> Requested.of(VipOptions.NONE.withDrain(time)));
                case SLOW_START ->
                        time(value).map(time -> Requested.of(VipOptions.NONE.withSlowStart(time)));
                case CLIENT_ADDRESS ->
                        value.equals("keep") || value.equals("hide")
                                ? Optional.of(
                                        Requested.of(
                                                VipOptions.NONE.withClientAddressKept(
                                                        value.equals("keep"))))
                                : Optional.empty();
                case WEIGHT ->
                        number(value, 1, LabelledVip.HEAVIEST)
                                .map(number -> new Requested(Optional.of(number), VipOptions.NONE));
            };
        }

        private static Optional<Duration> time(String value) {
            Matcher parts = TIME.matcher(value);
            if (!parts.matches()) {
                return Optional.empty();
            }
            int unit =
                    switch (parts.group(2)) {
                        case "m" -> 60;
                        case "h" -> 3600;
                        default -> 1;
                    };
            return number(parts.group(1), 0, (int) VipOptions.LONGEST.toSeconds() / unit)
                    .map(number -> Duration.ofSeconds((long) number * unit));
        }

        private static Optional<Integer> number(String value, int min, int max) {
            return value.matches("\\d{1,6}")
                    ? Optional.of(Integer.parseInt(value))
                            .filter(number -> min <= number && number <= max)
                    : Optional.empty();
        }
    }
}
