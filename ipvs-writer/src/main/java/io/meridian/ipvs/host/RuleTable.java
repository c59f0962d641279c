package io.meridian.ipvs.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One firewall table as {@code iptables -S} lists it. Computes the changes that maintain Meridian's
 * rules, and changes no other rule.
 */
final class RuleTable {
    /** Targets that redirect no packet. */
    private static final Set<String> HARMLESS = Set.of("", "RETURN", "ACCEPT", "LOG", "NFLOG");

    /** Rules by chain, in order, each behind {@code -A CHAIN}. */
    private final Map<String, List<List<String>>> chains = new LinkedHashMap<>();

    private RuleTable() {}

    /**
     * One change.
     *
     * @param rule to add or remove
     * @param arguments behind {@code iptables -t TABLE}
     */
    record Step(Rule rule, List<String> arguments) {}

    static RuleTable parse(String listing) {
        RuleTable table = new RuleTable();
        for (String line : listing.lines().toList()) {
            List<String> words = words(line);
            if (words.size() > 2 && words.getFirst().equals("-A")) {
                table.chains
                        .computeIfAbsent(words.get(1), _ -> new ArrayList<>())
                        .add(words.subList(2, words.size()));
            }
        }
        return table;
    }

    /** Splits a line into words: blanks separate, double quotes group, a backslash escapes. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean open = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && i + 1 < line.length()) {
                word.append(line.charAt(++i));
                open = true;
            } else if (c == '"') {
                quoted = !quoted;
                open = true;
            } else if (c == ' ' && !quoted) {
                if (open) {
                    words.add(word.toString());
                }
                word.setLength(0);
                open = false;
            } else {
                word.append(c);
                open = true;
            }
        }
        if (open) {
            words.add(word.toString());
        }
        return words;
    }

    /** The changes that put rules at their positions; none for rules already there. */
    List<Step> add(List<Rule> wanted) {
        List<Step> steps = new ArrayList<>();
        for (Rule rule : wanted) {
            int index = indexOf(rule);
            boolean misplaced =
                    rule.place() == Rule.Place.FIRST && index > 0 && isCaught(rule, index);
            if (misplaced) {
                steps.add(step(rule, "-D", chain(rule).get(index)));
            }
            if (index < 0 || misplaced) {
                steps.add(
                        step(rule, rule.place() == Rule.Place.END ? "-A" : "-I", rule.arguments()));
            }
        }
        return steps;
    }

    /** Steps that remove the present ones of these rules. */
    List<Step> remove(List<Rule> unwanted) {
        return unwanted.stream()
                .filter(rule -> indexOf(rule) >= 0)
                .map(rule -> step(rule, "-D", chain(rule).get(indexOf(rule))))
                .toList();
    }

    private List<List<String>> chain(Rule rule) {
        return chains.getOrDefault(rule.chain(), List.of());
    }

    private int indexOf(Rule rule) {
        List<List<String>> chain = chain(rule);
        for (int i = 0; i < chain.size(); i++) {
            if (rule.isSpelled(chain.get(i))) {
                return i;
            }
        }
        return -1;
    }

    private boolean isCaught(Rule rule, int index) {
        return chain(rule).subList(0, index).stream()
                .anyMatch(before -> !HARMLESS.contains(Rule.target(before)));
    }

    private static Step step(Rule rule, String verb, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of(verb, rule.chain()));
        all.addAll(arguments);
        return new Step(rule, List.copyOf(all));
    }
}
