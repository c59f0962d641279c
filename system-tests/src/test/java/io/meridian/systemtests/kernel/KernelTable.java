package io.meridian.systemtests.kernel;

import java.io.IOException;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The kernel's tables as {@code ipvsadm} and {@code ip} show them. */
final class KernelTable {
    private KernelTable() {}

    /** Lines of {@code ipvsadm -Sn}: {@code -A} for a virtual server, {@code -a} for a real one. */
    static SortedSet<String> lines() throws IOException, InterruptedException {
        return Shell.run("ipvsadm -Sn")
                .lines()
                .map(String::strip)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Connections that the kernel has given to each real server, {@code address:port}, since it was
     * added. The kernel updates the count every two seconds.
     */
    static Map<String, Long> connections() throws IOException, InterruptedException {
        Map<String, Long> counts = new TreeMap<>();
        Shell.run("ipvsadm -Ln --stats --exact")
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(
                        fields ->
                                fields.length > 2
                                        && fields[0].equals("->")
                                        && fields[2].matches("[0-9]+"))
                .forEach(fields -> counts.merge(fields[1], Long.valueOf(fields[2]), Long::sum));
        return counts;
    }

    /** Addresses of the local routes on the dummy interface. */
    static SortedSet<String> routes() throws IOException, InterruptedException {
        return Shell.run("ip route show table local dev minuteman")
                .lines()
                .map(line -> line.strip().split(" ")[1])
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
