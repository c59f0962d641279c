package io.meridian.domain.net;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Derives DNS labels from arbitrary names as Mesos-DNS and DC/OS do. The two sets of rules differ
 * on purpose: users know the names (specs: mesos-dns 1.2, dcos-net 1.3). The rules are lossy:
 * different names may give one label.
 */
public final class Labels {
    /** Maximum length of a label (RFC 1035 2.3.4). */
    public static final int MAX_LABEL = 63;

    /**
     * Maximum length of a name in text, without trailing dot (RFC 1035 2.3.4: 255 octets on the
     * wire).
     */
    public static final int MAX_NAME = 253;

    private Labels() {}

    /** Host name rules of Mesos-DNS ({@code EnforceRFC952}). */
    public enum HostNameRule {
        /** At most 63 characters, which may start with a digit; the default. */
        RFC1123(63),
        /** At most 24 characters, starting with a letter. */
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
     * Derives one label as Mesos-DNS does: keeps {@code a-z 0-9} in lower case, maps {@code - . _}
     * to a dash, drops all other characters, and cuts to the rule's length. Mesos-DNS skips dashes
     * at the cut and appends the characters behind them untrimmed, so a result may end in a dash.
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
     * Derives labels from a dotted name as Mesos-DNS does: each part by {@link #mesosLabel},
     * without empty parts.
     *
     * @return empty if no part remains
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
     * Derives one label as DC/OS does: as Mesos-DNS, but the characters behind the cut replace a
     * dash only if they are letters or digits, and a result never ends in a dash.
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
     * Derives labels from a VIP's or framework's dotted name as DC/OS does: each part by {@link
     * #dcosLabel}, without empty parts.
     *
     * @return empty if no part remains, or if a part has no character that a label may hold, of
     *     which DC/OS would make an invalid name
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
     * The text with A to Z in lower case. No other letter becomes an ASCII letter, as U+212A
     * (KELVIN SIGN) does by {@link String#toLowerCase()}.
     */
    public static String lowerCase(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            lower.append(lowerCase(text.charAt(i)));
        }
        return lower.toString();
    }

    private static char lowerCase(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
    }

    /**
     * Whether a text is a valid name in the tables: dotted labels of 1 to 63 of {@code a-z 0-9 -
     * _}, none with a leading dash, at most 253 characters.
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

    /** Whether a text is a valid label already, by all rules here but RFC 952. */
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
            char c = lowerCase(name.charAt(i));
            if (isLetterOrDigit(c)) {
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
