package io.meridian.ipvs.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rules and the set of one address family. What is known to be right is not looked at again before
 * an audit; what failed is listed and tried again by the next call.
 */
final class FirewallFamily {
    private final Tools tools;
    private final Wanted wanted;

    private Optional<SortedSet<String>> known = Optional.empty();
    private boolean rulesStand;

    /**
     * Programs, and how they are run.
     *
     * @param iptables that of the family: "iptables" or "ip6tables"
     */
    record Tools(String iptables, String ipset, Commands commands) {}

    /**
     * What should be there.
     *
     * @param set name of the set of all VIPs, which rules with {@code --match-set} refer to
     * @param family of the set, {@code inet} or {@code inet6}
     * @param skip whether the set and the rules that refer to it should be there, or rather not
     */
    record Wanted(String set, String family, boolean skip, List<Rule> rules) {
        List<Rule> rules(boolean ofTheSet) {
            return rules.stream()
                    .filter(rule -> rule.condition().contains("--match-set") == ofTheSet)
                    .toList();
        }
    }

    /** A program said no. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private Refused(String message) {
            super(message);
        }
    }

    FirewallFamily(Tools tools, Wanted wanted) {
        this.tools = tools;
        this.wanted = wanted;
    }

    List<Problem> prepare(Stream<String> entries) {
        List<Problem> problems = new ArrayList<>();
        fill(entries, false, problems);
        if (!rulesStand) {
            standRules(problems);
        }
        return problems;
    }

    List<Problem> settle(Stream<String> entries, boolean audit) {
        List<Problem> problems = new ArrayList<>();
        if (audit) {
            known = Optional.empty();
        }
        fill(entries, true, problems);
        if (audit) {
            standRules(problems);
        }
        return problems;
    }

    private void fill(Stream<String> entries, boolean last, List<Problem> problems) {
        if (!wanted.skip()) {
            return;
        }
        SortedSet<String> goal = entries.collect(Collectors.toCollection(TreeSet::new));
        if (known.isPresent()
                && (last ? known.get().equals(goal) : known.get().containsAll(goal))) {
            return;
        }
        try {
            fill(goal, last);
        } catch (Refused e) {
            known = Optional.empty();
            problems.add(
                    new Problem(
                            "set=" + wanted.set(),
                            e.getMessage()
                                    + "; connections to a VIP whose port is some container's host"
                                    + " port may end up there; install ipset, or set"
                                    + " meridian.dataplane.skip-port-mapping=false to do without;"
                                    + " will retry"));
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
                            + wanted.set()
                            + " is of type "
                            + present.get().type()
                            + " instead of "
                            + AddressSet.TYPE
                            + " and left alone");
        }
        AddressSet.Plan plan = AddressSet.plan(wanted.set(), wanted.family(), goal, present);
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
        List<String> command = List.of(tools.ipset(), "save", wanted.set());
        Commands.Result result = tools.commands().run(command, "");
        if (result.exitCode() > 0 && result.output().contains("does not exist")) {
            return Optional.empty();
        }
        return AddressSet.parse(wanted.set(), check(command, result));
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

    private void standRules(List<Problem> problems) {
        int before = problems.size();
        boolean hasSet = wanted.skip() && known.isPresent();
        Map<String, List<Rule>> add = new LinkedHashMap<>();
        for (Rule rule : wanted.rules(false)) {
            add.computeIfAbsent(rule.table(), _ -> new ArrayList<>()).add(rule);
        }
        if (hasSet) {
            for (Rule rule : wanted.rules(true)) {
                add.computeIfAbsent(rule.table(), _ -> new ArrayList<>()).add(rule);
            }
        }
        add.forEach((table, rules) -> stand(table, rules, problems));
        if (!wanted.skip() && problems.size() == before) {
            dropSet(problems);
        }
        rulesStand = problems.size() == before && (hasSet || !wanted.skip());
    }

    private void stand(String table, List<Rule> rules, List<Problem> problems) {
        List<String> command = iptables(table, List.of("-S"));
        Commands.Result listed = tools.commands().run(command, "");
        if (!listed.succeeded()) {
            problems.add(
                    new Problem(
                            row(table, ""),
                            "cannot list rules: "
                                    + String.join(" ", command)
                                    + ": "
                                    + listed
                                    + "; "
                                    + rules.getFirst().without()
                                    + "; will retry"));
            return;
        }
        RuleTable present = RuleTable.parse(listed.output());
        List<RuleTable.Step> steps = new ArrayList<>();
        if (!wanted.skip()) {
            steps.addAll(
                    present.remove(
                            wanted.rules(true).stream()
                                    .filter(rule -> rule.table().equals(table))
                                    .toList()));
        }
        steps.addAll(present.add(rules));
        steps.forEach(step -> take(table, step, problems));
    }

    private void take(String table, RuleTable.Step step, List<Problem> problems) {
        List<String> command = iptables(table, step.arguments());
        Commands.Result result = tools.commands().run(command, "");
        if (!result.succeeded()) {
            problems.add(
                    new Problem(
                            row(table, step.rule().chain()),
                            "cannot change rules: "
                                    + String.join(" ", command)
                                    + ": "
                                    + result
                                    + "; "
                                    + step.rule().without()
                                    + "; will retry"));
        }
    }

    /** Without the wish for it, a set of ours or of dcos-net goes once no rule refers to it. */
    private void dropSet(List<Problem> problems) {
        List<String> command = List.of(tools.ipset(), "destroy", wanted.set());
        Commands.Result result = tools.commands().run(command, "");
        boolean absent = result.exitCode() == -1 || result.output().contains("does not exist");
        if (!result.succeeded() && !absent) {
            problems.add(
                    new Problem(
                            "set=" + wanted.set(),
                            "cannot remove set "
                                    + wanted.set()
                                    + ": "
                                    + result
                                    + "; no rule of ours refers to it; will retry"));
        }
    }

    private String row(String table, String chain) {
        return "rule=" + tools.iptables() + "/" + table + (chain.isEmpty() ? "" : "/" + chain);
    }

    private List<String> iptables(String table, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(tools.iptables(), "-w", "-t", table));
        command.addAll(arguments);
        return command;
    }
}
