package io.meridian.ipvs.host;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A set of this host that we fill. What is known to be in it is not listed again before {@link
 * #forget}.
 */
final class ManagedIpSet {
    private final Tools tools;
    private final String name;
    private final String family;
    private final String without;

    private Optional<SortedSet<String>> known = Optional.empty();

    /** A program said no. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private Refused(String message) {
            super(message);
        }
    }

    /**
     * @param family {@code inet} or {@code inet6}
     * @param without what goes wrong without it, and what to do
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

    /** Whether it is there and has at least what it was last filled with. */
    boolean stands() {
        return known.isPresent();
    }

    void forget() {
        known = Optional.empty();
    }

    /**
     * Makes it hold these; with {@code last} no others.
     *
     * @param problems gets what went wrong
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

    /** Takes it away, once no rule refers to it. */
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
                                    + "; no rule of ours refers to it; will retry"));
        }
    }
}
