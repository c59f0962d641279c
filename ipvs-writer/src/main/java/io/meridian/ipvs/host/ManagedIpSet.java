package io.meridian.ipvs.host;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * An ipset of this host that Meridian fills. Its entries are listed once, and again after {@link
 * #forget}. One thread at a time.
 */
final class ManagedIpSet {
    private final Tools tools;
    private final String name;
    private final String family;
    private final String without;

    private Optional<SortedSet<String>> known = Optional.empty();

    /** A program failed. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private Refused(String message) {
            super(message);
        }
    }

    /**
     * A set that need not exist yet.
     *
     * @param family {@code inet} or {@code inet6}
     * @param without consequence and remedy, shown to the operator if the set cannot be maintained
     */
    ManagedIpSet(Tools tools, String name, String family, String without) {
        this.tools = tools;
        this.name = name;
        this.family = family;
        this.without = without;
    }

    String name() {
        return name;
    }

    /** Whether the set exists and has at least the entries of the last {@link #fill}. */
    boolean isComplete() {
        return known.isPresent();
    }

    void forget() {
        known = Optional.empty();
    }

    /**
     * Adds entries, and with {@code last} removes all others.
     *
     * @param problems receives failures
     */
    void fill(SortedSet<String> goal, boolean last, List<Problem> problems) {
        if (known.isPresent()
                && (last ? known.get().equals(goal) : known.get().containsAll(goal))) {
            return;
        }
        try {
            fill(goal, last);
        } catch (Refused e) {
            known = Optional.empty();
            problems.add(
                    new Problem("set=" + name, e.getMessage() + "; " + without + "; will retry"));
        }
    }

    private void fill(SortedSet<String> goal, boolean last) throws Refused {
        Optional<AddressSet> present =
                known.isPresent()
                        ? known.map(
                                entries ->
                                        new AddressSet(
                                                AddressSet.TYPE, AddressSet.MAX_ENTRIES, entries))
                        : list();
        if (present.isPresent() && !present.get().type().equals(AddressSet.TYPE)) {
            throw new Refused(
                    "set "
                            + name
                            + " is of type "
                            + present.get().type()
                            + " instead of "
                            + AddressSet.TYPE
                            + " and left alone");
        }
        AddressSet.Plan plan = AddressSet.plan(name, family, goal, present);
        restore(plan.before());
        SortedSet<String> now = new TreeSet<>(goal);
        if (last) {
            restore(plan.after());
        } else {
            present.ifPresent(before -> now.addAll(before.entries()));
        }
        known = Optional.of(now);
    }

    private Optional<AddressSet> list() throws Refused {
        List<String> command = List.of(tools.ipset(), "save", name);
        Commands.Result result = tools.commands().run(command, "");
        if (result.exitCode() > 0 && result.output().contains("does not exist")) {
            return Optional.empty();
        }
        return AddressSet.parse(name, check(command, result));
    }

    private void restore(List<String> lines) throws Refused {
        if (!lines.isEmpty()) {
            List<String> command = List.of(tools.ipset(), "-exist", "restore");
            check(command, tools.commands().run(command, String.join("\n", lines) + "\n"));
        }
    }

    private static String check(List<String> command, Commands.Result result) throws Refused {
        if (!result.succeeded()) {
            throw new Refused("cannot run " + String.join(" ", command) + ": " + result);
        }
        return result.output();
    }

    /** Removes the set; the caller has removed the rules that refer to it. */
    void drop(List<Problem> problems) {
        known = Optional.empty();
        Commands.Result result = tools.commands().run(List.of(tools.ipset(), "destroy", name), "");
        boolean absent = result.exitCode() == -1 || result.output().contains("does not exist");
        if (!result.succeeded() && !absent) {
            problems.add(
                    new Problem(
                            "set=" + name,
                            "cannot remove set "
                                    + name
                                    + ": "
                                    + result
                                    + "; no rule of Meridian refers to it; will retry"));
        }
    }
}
