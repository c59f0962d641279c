package io.meridian.domain.lb;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Values of {@code HAPROXY_} labels as Marathon-LB reads them (its spec, 1.8). */
public final class LabelValues {
    private static final Set<String> TRUE = Set.of("true", "t", "yes", "y");

    private LabelValues() {}

    /** True for {@code true}, {@code t}, {@code yes}, {@code y} in any case; false for the rest. */
    public static boolean bool(String text) {
        return TRUE.contains(Text.lower(text));
    }

    /** Splits at each comma. Elements are not trimmed, and empty ones stay. */
    public static List<String> list(String text) {
        return List.of(text.split(",", -1));
    }

    /** Splits at runs of blanks; an element is never empty. */
    public static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        text.codePoints()
                .forEach(
                        c -> {
                            if (!Text.isBlank(c)) {
                                word.appendCodePoint(c);
                            } else if (!word.isEmpty()) {
                                words.add(word.toString());
                                word.setLength(0);
                            }
                        });
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    /**
     * Reads a decimal integer of any size: blanks around it, a sign, single underscores between
     * digits, leading zeros and decimal digits of any script are fine.
     *
     * @param what name of the label, for the message
     * @throws RefusedException if the text is no such integer
     */
    public static BigInteger integer(String what, String text) throws RefusedException {
        int[] code = text.codePoints().toArray();
        int from = 0;
        int to = code.length;
        while (from < to && Text.isBlank(code[from])) {
            from++;
        }
        while (to > from && Text.isBlank(code[to - 1])) {
            to--;
        }
        StringBuilder digits = new StringBuilder();
        int first = from;
        if (first < to && (code[first] == '-' || code[first] == '+')) {
            digits.append(code[first] == '-' ? "-" : "");
            first++;
        }
        boolean digitBefore = false;
        for (int i = first; i < to; i++) {
            boolean digit = Character.getType(code[i]) == Character.DECIMAL_DIGIT_NUMBER;
            if (digit) {
                digits.append(Character.digit(code[i], 10));
            } else if (code[i] != '_' || !digitBefore || i + 1 == to) {
                throw notAnInteger(what, text);
            }
            digitBefore = digit;
        }
        if (!digitBefore) {
            throw notAnInteger(what, text);
        }
        return new BigInteger(digits.toString());
    }

    private static RefusedException notAnInteger(String what, String text) {
        return new RefusedException(what + "=" + Text.masked(text) + " is not an integer");
    }

    /**
     * The groups of a load balancer serve a port if one of them is {@code *} or is among the port's
     * groups.
     */
    public static boolean serves(Collection<String> balancerGroups, Collection<String> portGroups) {
        return balancerGroups.contains("*")
                || portGroups.stream().anyMatch(balancerGroups::contains);
    }

    /**
     * Basic authentication of a vhost.
     *
     * @param realm realm of the challenge; empty = no challenge
     * @param user name in the userlist; empty = no userlist
     * @param password password as crypt(3) text
     */
    public record Auth(String realm, String user, String password) {
        /** Reads {@code realm:user:password}, exactly three parts. */
        public static Auth of(String what, String text) throws RefusedException {
            List<String> parts = Arrays.asList(text.split(":", -1));
            if (parts.size() != 3) {
                throw new RefusedException(
                        what
                                + " has "
                                + parts.size()
                                + " parts; expected realm:user:encrypted password");
            }
            return new Auth(parts.get(0), parts.get(1), parts.get(2));
        }
    }
}
