package io.meridian.ipvs.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Maintains rules and sets of one address family. Between audits only failed or changed ones are
 * listed; the next call repeats a failed change. One thread at a time.
 */
final class FirewallFamily {
    private final Tools tools;
    private final Wanted wanted;
    private final ManagedIpSet vips;
    private final ManagedIpSet keeping;

    private Keeping state = Keeping.NEVER;
    private boolean rulesComplete;

    /**
     * The desired rules and sets.
     *
     * @param vips name of the set of all VIPs, to which rules of {@link HostRules} refer
     * @param keeping name of the set of VIPs that keep client addresses
     * @param family of the sets, {@code inet} or {@code inet6}
     * @param skip whether the set of all VIPs and its rules should exist; if not, they are removed
     * @param rules of the family
     */
    record Wanted(String vips, String keeping, String family, boolean skip, HostRules rules) {}

    /** Whether some VIPs keep client addresses. */
    private enum Keeping {
        /** None does, and the host has no rule or set for them. */
        NEVER,
        NOW,
        /** None does any more; rules and set must go. */
        NO_MORE
    }

    FirewallFamily(Tools tools, Wanted wanted) {
        this.tools = tools;
        this.wanted = wanted;
        this.vips =
                new ManagedIpSet(
                        tools,
                        wanted.vips(),
                        wanted.family(),
                        "connections to a VIP whose port is some container's host port may end up"
                                + " there; install ipset, or set"
                                + " meridian.dataplane.skip-port-mapping=false to do without");
        this.keeping =
                new ManagedIpSet(
                        tools,
                        wanted.keeping(),
                        wanted.family(),
                        "tasks see this host's address instead of their clients'; install ipset,"
                                + " or take client-address=keep off");
    }

    /** Sets the VIPs that keep client addresses. */
    List<Problem> preserveClientAddresses(Stream<String> entries, boolean audit) {
        SortedSet<String> goal = entries.collect(Collectors.toCollection(TreeSet::new));
        List<Problem> problems = new ArrayList<>();
        boolean before = keepsClients();
        if (!goal.isEmpty()) {
            state = Keeping.NOW;
        } else if (state == Keeping.NOW) {
            state = Keeping.NO_MORE;
        }
        if (state == Keeping.NOW) {
            if (audit) {
                keeping.forget();
            }
            keeping.fill(goal, true, problems);
        }
        if (keepsClients() != before || state == Keeping.NO_MORE) {
            applyRules(problems);
        }
        return problems;
    }

    private boolean keepsClients() {
        return state == Keeping.NOW && keeping.isComplete();
    }

    List<Problem> beforeRound(Stream<String> entries) {
        List<Problem> problems = new ArrayList<>();
        fill(entries, false, problems);
        if (!rulesComplete) {
            applyRules(problems);
        }
        return problems;
    }

    List<Problem> afterRound(Stream<String> entries, boolean audit) {
        List<Problem> problems = new ArrayList<>();
        if (audit) {
            vips.forget();
        }
        fill(entries, true, problems);
        if (audit) {
            applyRules(problems);
        }
        return problems;
    }

    private void fill(Stream<String> entries, boolean last, List<Problem> problems) {
        if (wanted.skip()) {
            vips.fill(entries.collect(Collectors.toCollection(TreeSet::new)), last, problems);
        }
    }

    private void applyRules(List<Problem> problems) {
        int before = problems.size();
        List<Rule> add = new ArrayList<>(wanted.rules().always());
        List<Rule> remove = new ArrayList<>();
        (vips.isComplete() && wanted.skip() ? add : remove).addAll(wanted.rules().skip());
        boolean keeps = keepsClients();
        (keeps ? add : remove).addAll(wanted.rules().keeping());
        (keeps ? remove : add).addAll(wanted.rules().masquerading());
        if (wanted.skip()) {
            remove.removeAll(wanted.rules().skip()); // the set failed; the rules are still desired
        }
        if (state == Keeping.NEVER) {
            remove.removeIf(
                    rule -> add.stream().noneMatch(one -> one.table().equals(rule.table())));
        }
        Map<String, List<Rule>> tables = new LinkedHashMap<>();
        Stream.concat(add.stream(), remove.stream())
                .forEach(
                        rule ->
                                tables.computeIfAbsent(rule.table(), _ -> new ArrayList<>())
                                        .add(rule));
        tables.forEach(
                (table, rules) ->
                        apply(
                                table,
                                rules.stream().filter(add::contains).toList(),
                                rules.stream().filter(remove::contains).toList(),
                                problems));
        if (problems.size() == before) {
            dropSets(problems);
        }
        rulesComplete = problems.size() == before && (vips.isComplete() || !wanted.skip());
    }

    private void dropSets(List<Problem> problems) {
        if (!wanted.skip()) {
            vips.drop(problems);
        }
        if (state == Keeping.NO_MORE) {
            int before = problems.size();
            keeping.drop(problems);
            state = problems.size() == before ? Keeping.NEVER : Keeping.NO_MORE;
        }
    }

    /** Adds rules before it removes those that they replace. */
    private void apply(String table, List<Rule> add, List<Rule> remove, List<Problem> problems) {
        List<String> command = iptables(table, List.of("-S"));
        Commands.Result listed = tools.commands().run(command, "");
        if (!listed.succeeded()) {
            Rule first = add.isEmpty() ? remove.getFirst() : add.getFirst();
            problems.add(
                    new Problem(
                            row(table, ""),
                            "cannot list rules: "
                                    + String.join(" ", command)
                                    + ": "
                                    + listed
                                    + "; "
                                    + first.without()
                                    + "; will retry"));
            return;
        }
        RuleTable present = RuleTable.parse(listed.output());
        List<RuleTable.Step> steps = new ArrayList<>(present.add(add));
        steps.addAll(present.remove(remove));
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

    private String row(String table, String chain) {
        return "rule=" + tools.iptables() + "/" + table + (chain.isEmpty() ? "" : "/" + chain);
    }

    private List<String> iptables(String table, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(tools.iptables(), "-w", "-t", table));
        command.addAll(arguments);
        return command;
    }
}
