package io.meridian.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A list of exceptions to a rule, each with its size. The list may shrink, never grow: a new
 * exception, a larger one and one that is no longer needed are findings. {@code
 * -Dmeridian.ratchet=write} writes the list from what is there; use it after a clean-up.
 */
final class Ratchet {
    private Ratchet() {}

    /**
     * Compares exceptions with the list.
     *
     * @param name of the file in src/test/resources/ratchet
     * @param found the exceptions that the code has, with their sizes
     * @return findings, empty if the list says the same or more
     */
    static List<String> findings(String name, SortedMap<String, Integer> found) throws IOException {
        Path file = Path.of("src/test/resources/ratchet", name);
        if ("write".equals(System.getProperty("meridian.ratchet"))) {
            List<String> lines = new ArrayList<>();
            found.forEach((entry, size) -> lines.add(entry + " " + size));
            Files.write(file, lines);
        }
        SortedMap<String, Integer> listed = read(file);
        List<String> findings = new ArrayList<>();
        found.forEach(
                (entry, size) -> {
                    Integer allowed = listed.get(entry);
                    if (allowed == null) {
                        findings.add(entry + " " + size + ": new; make it smaller");
                    } else if (size > allowed) {
                        findings.add(entry + " " + size + ": was " + allowed);
                    }
                });
        listed.keySet().stream()
                .filter(entry -> !found.containsKey(entry))
                .forEach(entry -> findings.add(entry + ": within the limit; delete the line"));
        return findings;
    }

    private static SortedMap<String, Integer> read(Path file) throws IOException {
        SortedMap<String, Integer> listed = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            int blank = line.lastIndexOf(' ');
            listed.put(line.substring(0, blank), Integer.parseInt(line.substring(blank + 1)));
        }
        return listed;
    }
}
