package io.meridian.domain.net;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the peers make DNS labels of arbitrary names. The two families of rules differ on purpose:
 * names must come out as users of Mesos-DNS and of DC/OS know them (specs: mesos-dns 1.2, dcos-net
 * 1.3). All are lossy: different names may give one label.
 */
public final class Labels {
    /** Longest label (RFC 1035 2.3.4). */
    public static final int MAX_LABEL = 63;

    /** Longest name in text, without trailing dot (RFC 1035 2.3.4: 255 octets on the wire). */
    public static final int MAX_NAME = 253;

    private Labels() {}

    /** Which host-name rules Mesos-DNS follows ({@code EnforceRFC952}). */
    public enum HostNameRule {
        /** Up to 63 characters, may start with a digit. The default. */
        RFC1123(63),
        /** Up to 24 characters, starts with a letter. */
        RFC952(24);

        private final int max;

        HostNameRule(int max) {
            this.max = max;
        }
    }

    /** {@link #mesosLabel(String, HostNameRule)} with {@link HostNameRule#RFC1123}. */
    public static String mesosLabel(String name) {
        return mesosLabel(name, HostNameRule.RFC1123);
    }

    /**
     * One label as Mesos-DNS makes it: {@code a-z 0-9} kept in lower case, {@code - . _} to a dash,
     * all else dropped, cut to the rule's length. Dashes at the cut are passed over in favour of
     * what follows them; what is appended then is not trimmed again, so that a result may end in a
     * dash.
     *
     * @return 0 to 63 characters
     */
    public static String mesosLabel(String name, HostNameRule rule) {
        if (rule == HostNameRule.RFC1123 && isPlainLabel(name)) {
            return name;
        }
        String label = trimLeft(mapped(name), rule == HostNameRule.RFC952);
        int length = Math.min(label.length(), rule.max);
        String head = trimRight(label.substring(0, length));
        if (head.length() == length) {
            return head;
        }
        String rest = trimLeft(label.substring(length), false);
        return head + rest.substring(0, Math.min(rest.length(), length - head.length()));
    }

    /** {@link #mesosFragment(String, HostNameRule)} with {@link HostNameRule#RFC1123}. */
    public static String mesosFragment(String name) {
        return mesosFragment(name, HostNameRule.RFC1123);
    }

    /**
     * Several labels as Mesos-DNS makes them of a dotted name: each part by {@link #mesosLabel},
     * empty ones dropped.
     *
     * @return empty if nothing of the name remains
     */
    public static String mesosFragment(String name, HostNameRule rule) {
        if (name.indexOf('.') < 0) {
            return mesosLabel(name, rule);
        }
        return Stream.of(name.split("\\.", -1))
                .map(part -> mesosLabel(part, rule))
                .filter(label -> !label.isEmpty())
                .collect(Collectors.joining("."));
    }

    /**
     * One label as DC/OS makes it: as Mesos-DNS does, but a dash at the cut is replaced by letters
     * and digits only, and a result never ends in a dash.
     *
     * @return 0 to 63 characters
     */
    public static String dcosLabel(String name) {
        if (isPlainLabel(name)) {
            return name;
        }
        String label = trimLeft(mapped(name), false);
        if (label.length() <= MAX_LABEL) {
            return trimRight(label);
        }
        StringBuilder result = new StringBuilder(trimRight(label.substring(0, MAX_LABEL)));
        for (int i = MAX_LABEL; i < label.length() && result.length() < MAX_LABEL; i++) {
            if (label.charAt(i) != '-') {
                result.append(label.charAt(i));
            }
        }
        return result.toString();
    }

    /**
     * Several labels as DC/OS makes them of a VIP's or framework's dotted name: empty parts
     * dropped, the others by {@link #dcosLabel}.
     *
     * @return empty if no part remains, or if a part has nothing that a label may hold: DC/OS would
     *     make a broken name
     */
    public static Optional<String> dcosFragment(String name) {
        var labels =
                Stream.of(name.split("\\.", -1))
                        .filter(part -> !part.isEmpty())
                        .map(Labels::dcosLabel)
                        .toList();
        return labels.isEmpty() || labels.contains("")
                ? Optional.empty()
                : Optional.of(String.join(".", labels));
    }

    /**
     * Whether a text can be a name in our tables: dotted labels of 1 to 63 of {@code a-z 0-9 - _},
     * none with a leading dash, 253 characters at most.
     */
    public static boolean isName(String text) {
        if (text.length() > MAX_NAME) {
            return false;
        }
        int length = 0; // of the label so far
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                if (length == 0 || length > MAX_LABEL) {
                    return false;
                }
                length = 0;
            } else if (isLetterOrDigit(c) || c == '_' || c == '-' && length > 0) {
                length++;
            } else {
                return false;
            }
        }
        return length > 0 && length <= MAX_LABEL;
    }

    /** Whether a text is a label already, by all rules here but RFC 952. */
    private static boolean isPlainLabel(String text) {
        int last = text.length() - 1;
        if (last < 0 || last >= MAX_LABEL || text.charAt(0) == '-' || text.charAt(last) == '-') {
            return false;
        }
        for (int i = 0; i <= last; i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static String mapped(String name) {
        StringBuilder result = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                result.append(
                        (char) (c + 'a' - 'A')); // not toLowerCase(): the Kelvin sign is no k here
            } else if (isLetterOrDigit(c)) {
                result.append(c);
            } else if (c == '-' || c == '.' || c == '_') {
                result.append('-');
            }
        }
        return result.toString();
    }

    private static boolean isLetterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
    }

    private static String trimLeft(String text, boolean digitsToo) {
        int i = 0;
        while (i < text.length() && (text.charAt(i) == '-' || digitsToo && text.charAt(i) <= '9')) {
            i++;
        }
        return text.substring(i);
    }

    private static String trimRight(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '-') {
            end--;
        }
        return text.substring(0, end);
    }
}
