package io.meridian.ipvs.host;

import java.util.ArrayList;
import java.util.List;

/**
 * A firewall rule to maintain.
 *
 * @param table such as {@code nat}
 * @param condition arguments of iptables, such as {@code -m ipvs --ipvs}
 * @param comment identifies the rule; if empty, all arguments do
 * @param options of the target, such as {@code --set-xmark 0x1000/0x1000}
 * @param without consequence for traffic if the rule is missing
 */
record Rule(
        String table,
        String chain,
        Place place,
        List<String> condition,
        String comment,
        String target,
        List<String> options,
        String without) {
    /** Position in the chain. */
    enum Place {
        /** Appended if absent. */
        END,
        /** Inserted at the top if absent; its position is not corrected later. */
        ANYWHERE,
        /** Before every rule that may redirect packets; moved there if necessary. */
        FIRST
    }

    Rule {
        condition = List.copyOf(condition);
        options = List.copyOf(options);
    }

    /** A rule whose target has no options. */
    Rule(
            String table,
            String chain,
            Place place,
            List<String> condition,
            String comment,
            String target,
            String without) {
        this(table, chain, place, condition, comment, target, List.of(), without);
    }

    /** The arguments behind {@code -A CHAIN}. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(condition);
        if (!comment.isEmpty()) {
            arguments.addAll(List.of("-m", "comment", "--comment", comment));
        }
        arguments.addAll(List.of("-j", target));
        arguments.addAll(options);
        return arguments;
    }

    /**
     * Whether a listed rule is this one. Versions of iptables spell conditions differently, so
     * comment and target suffice.
     *
     * @param listed behind {@code -A CHAIN}
     */
    boolean isSpelled(List<String> listed) {
        return comment.isEmpty()
                ? listed.equals(arguments())
                : after("--comment", listed).equals(comment) && target(listed).equals(target);
    }

    /** The target of a listed rule; empty if it has none. */
    static String target(List<String> listed) {
        String jump = after("-j", listed);
        return jump.isEmpty() ? after("-g", listed) : jump;
    }

    private static String after(String option, List<String> listed) {
        int index = listed.indexOf(option);
        return index >= 0 && index + 1 < listed.size() ? listed.get(index + 1) : "";
    }
}
