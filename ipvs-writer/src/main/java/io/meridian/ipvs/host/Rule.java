package io.meridian.ipvs.host;

import java.util.ArrayList;
import java.util.List;

/**
 * A firewall rule that we want.
 *
 * @param table such as {@code nat}
 * @param condition arguments of the program, such as {@code -m ipvs --ipvs}
 * @param comment by which the rule is known again; empty: by all its arguments
 * @param options of the target, such as {@code --set-xmark 0x1000/0x1000}
 * @param without what goes wrong without it
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
    /** Where in its chain. */
    enum Place {
        /** Added at the end. */
        END,
        /** Added at the top; wherever it stands, it does. */
        ANYWHERE,
        /** Before every rule that sends packets elsewhere; moved there if need be. */
        FIRST
    }

    Rule {
        condition = List.copyOf(condition);
        options = List.copyOf(options);
    }

    /** With a target that has no options. */
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

    /** Behind {@code -A CHAIN}. */
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
     * Whether a listed rule is this one; programs differ in how they spell conditions, so a comment
     * and the target are enough.
     *
     * @param listed behind {@code -A CHAIN}
     */
    boolean isSpelled(List<String> listed) {
        return comment.isEmpty()
                ? listed.equals(arguments())
                : after("--comment", listed).equals(comment) && target(listed).equals(target);
    }

    /** Where a listed rule sends packets; empty if nowhere. */
    static String target(List<String> listed) {
        String jump = after("-j", listed);
        return jump.isEmpty() ? after("-g", listed) : jump;
    }

    private static String after(String option, List<String> listed) {
        int index = listed.indexOf(option);
        return index >= 0 && index + 1 < listed.size() ? listed.get(index + 1) : "";
    }
}
