package io.meridian.ipvs.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Rules and sets in memory; runs and refuses command lines as the real programs do. */
final class FakeHost implements Commands {
    /** Rules by program, table and chain, each as the text after {@code -A CHAIN}. */
    private final Map<String, List<String>> chains = new TreeMap<>();

    private final Map<String, TreeSet<String>> sets = new TreeMap<>();
    private final Map<String, String> headers = new HashMap<>();

    /** Programs that are not installed. */
    final Set<String> missing = new HashSet<>();

    /** All command lines so far. */
    final List<String> run = new ArrayList<>();

    @Override
    public Result run(List<String> command, String input) {
        run.add(String.join(" ", command));
        String program = command.getFirst();
        if (missing.contains(program)) {
            return new Result(-1, "Cannot run program \"" + program + "\": error=2");
        }
        return switch (program) {
            case "iptables", "ip6tables" -> iptables(program, command.subList(2, command.size()));
            case "ipset" -> ipset(command.subList(1, command.size()), input);
            default -> new Result(-1, "no program " + program);
        };
    }

    /** Rules that {@code program -S CHAIN} lists. */
    List<String> chain(String program, String table, String chain) {
        return chains.computeIfAbsent(program + " " + table + " " + chain, _ -> new ArrayList<>());
    }

    /** Entries of a set; null if the set does not exist. */
    Set<String> set(String name) {
        return sets.get(name);
    }

    void createSet(String name, String header, String... entries) {
        headers.put(name, header);
        sets.put(name, new TreeSet<>(Arrays.asList(entries)));
    }

    private Result iptables(String program, List<String> arguments) {
        String table = arguments.get(1);
        if (arguments.get(2).equals("-S")) {
            StringBuilder listing = new StringBuilder();
            chains.forEach(
                    (key, rules) -> {
                        String[] names = key.split(" ");
                        if (names[0].equals(program) && names[1].equals(table)) {
                            rules.forEach(
                                    rule ->
                                            listing.append("-A ")
                                                    .append(names[2])
                                                    .append(' ')
                                                    .append(rule)
                                                    .append('\n'));
                        }
                    });
            return new Result(0, listing.toString());
        }
        List<String> chain = chain(program, table, arguments.get(3));
        String rule = quoted(arguments.subList(4, arguments.size()));
        int set = arguments.indexOf("--match-set");
        if (set >= 0 && !sets.containsKey(arguments.get(set + 1))) {
            return new Result(2, "iptables: Set " + arguments.get(set + 1) + " doesn't exist.");
        }
        switch (arguments.get(2)) {
            case "-A" -> chain.addLast(rule);
            case "-I" -> chain.addFirst(rule);
            default -> {
                if (!chain.remove(rule)) {
                    return new Result(1, "iptables: Bad rule");
                }
            }
        }
        return new Result(0, "");
    }

    private static String quoted(List<String> words) {
        return String.join(
                " ",
                words.stream()
                        .map(word -> word.contains(" ") ? "\"" + word + "\"" : word)
                        .toList());
    }

    private Result ipset(List<String> arguments, String input) {
        String name = arguments.getLast();
        return switch (arguments.getFirst()) {
            case "save" -> save(name);
            case "destroy" -> sets.remove(name) == null ? absent() : new Result(0, "");
            default -> {
                for (String line : input.lines().toList()) {
                    Result result = restore(List.of(line.split(" ")));
                    if (!result.succeeded()) {
                        yield result;
                    }
                }
                yield new Result(0, "");
            }
        };
    }

    private Result save(String name) {
        if (!sets.containsKey(name)) {
            return absent();
        }
        StringBuilder listing = new StringBuilder("create " + name + " " + headers.get(name));
        sets.get(name)
                .forEach(
                        entry ->
                                listing.append("\nadd ")
                                        .append(name)
                                        .append(' ')
                                        .append(entry)
                                        .append(" packets 0 bytes 0"));
        return new Result(0, listing + "\n");
    }

    private static Result absent() {
        return new Result(1, "ipset v7.17: The set with the given name does not exist");
    }

    private Result restore(List<String> words) {
        String name = words.get(1);
        switch (words.getFirst()) {
            case "create" -> {
                headers.putIfAbsent(name, String.join(" ", words.subList(2, words.size())));
                sets.putIfAbsent(name, new TreeSet<>());
            }
            case "flush" -> sets.get(name).clear();
            case "add" -> {
                String header = headers.get(name);
                int max = Integer.parseInt(header.replaceAll(".*maxelem (\\d+).*", "$1"));
                if (sets.get(name).size() >= max) {
                    return new Result(1, "ipset v7.17: Hash is full, cannot add more elements");
                }
                sets.get(name).add(words.get(2));
            }
            case "del" -> sets.get(name).remove(words.get(2));
            case "swap" -> {
                String other = words.get(2);
                TreeSet<String> entries = sets.get(name);
                sets.put(name, sets.get(other));
                sets.put(other, entries);
                String header = headers.get(name);
                headers.put(name, headers.get(other));
                headers.put(other, header);
            }
            case "destroy" -> {
                sets.remove(name);
                headers.remove(name);
            }
            default -> {
                return new Result(2, "ipset v7.17: unknown command " + words);
            }
        }
        return new Result(0, "");
    }
}
