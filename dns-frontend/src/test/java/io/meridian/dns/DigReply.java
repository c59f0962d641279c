package io.meridian.dns;

import io.meridian.domain.net.IpAddress;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reply as dig prints it. Records are {@code owner ttl type data}; the SOA's serial, which
 * differs between loads, is written {@code SERIAL}.
 *
 * @param status RCODE; {@code TIMEOUT} if there was no reply, {@code TRANSFER FAILED} for a
 *     transfer that failed
 * @param flags flags of the header
 * @param answer answer section; only {@link #CUT} if TC is set, because the rest is random
 */
record DigReply(
        String status,
        SortedSet<String> flags,
        SortedSet<String> answer,
        SortedSet<String> authority,
        SortedSet<String> additional) {
    static final String CUT = "cut";

    private static final Pattern STATUS = Pattern.compile("status: ([A-Z]+)");
    private static final Pattern FLAGS = Pattern.compile(";; flags: ([a-z ]*);");

    static DigReply parse(String output) {
        String whole = output.replaceAll("(?m)^;; Truncated.*\n", "");
        if (whole.contains("; Transfer failed.")) {
            return empty("TRANSFER FAILED");
        }
        Matcher status = STATUS.matcher(whole);
        Matcher flags = FLAGS.matcher(whole);
        if (!status.find() || !flags.find()) {
            return empty(whole.contains("timed out") ? "TIMEOUT" : "UNREADABLE " + whole);
        }
        SortedSet<String> set = new TreeSet<>(List.of(flags.group(1).trim().split(" ")));
        return new DigReply(
                status.group(1),
                set,
                set.contains("tc") ? new TreeSet<>(Set.of(CUT)) : section(whole, "ANSWER"),
                section(whole, "AUTHORITY"),
                section(whole, "ADDITIONAL"));
    }

    DigReply withStatus(String other) {
        return new DigReply(other, flags, answer, authority, additional);
    }

    DigReply withFlags(String... others) {
        return new DigReply(status, new TreeSet<>(List.of(others)), answer, authority, additional);
    }

    DigReply withAnswer(Collection<String> others) {
        return new DigReply(status, flags, new TreeSet<>(others), authority, additional);
    }

    DigReply withAuthority(Collection<String> others) {
        return new DigReply(status, flags, answer, new TreeSet<>(others), additional);
    }

    DigReply withAdditional(Collection<String> others) {
        return new DigReply(status, flags, answer, authority, new TreeSet<>(others));
    }

    private static DigReply empty(String status) {
        return new DigReply(
                status, new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    }

    private static SortedSet<String> section(String output, String name) {
        SortedSet<String> records = new TreeSet<>(Comparator.naturalOrder());
        Matcher section =
                Pattern.compile(";; " + name + " SECTION:\n((?:[^;\n].*\n)*)").matcher(output);
        if (section.find()) {
            section.group(1)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .map(DigReply::record)
                    .forEach(records::add);
        }
        return records;
    }

    private static String record(String line) {
        String[] part = line.trim().split("\\s+", 5);
        String data = part[4].replaceAll("\\s+", " ");
        if (part[3].equals("SOA")) {
            data = data.toLowerCase(Locale.ROOT).replaceFirst(" [0-9]+ ", " SERIAL ");
        } else if (part[3].equals("AAAA")) {
            data = IpAddress.parse(data).map(IpAddress::toString).orElse(data);
        }
        return part[0] + " " + part[1] + " " + part[3] + " " + data;
    }

    @Override
    public String toString() {
        return status
                + " "
                + flags
                + "\n  answer "
                + answer
                + "\n  authority "
                + authority
                + "\n  additional "
                + additional;
    }
}
