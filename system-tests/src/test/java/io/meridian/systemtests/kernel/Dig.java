package io.meridian.systemtests.kernel;

import java.io.IOException;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer that {@code dig} got.
 *
 * @param status such as {@code NOERROR}
 * @param data data of each record in the answer, in zone-file text
 */
record Dig(String status, SortedSet<String> data) {
    static final int PORT = 5354;
    private static final Pattern STATUS = Pattern.compile("status: ([A-Z]+),");
    private static final int FIELDS = 5; // name, TTL, class, type, data

    static Dig ask(String name, String type) throws IOException, InterruptedException {
        String output =
                Shell.run(
                        "dig @127.0.0.1 -p %d +noall +comments +answer +time=5 +tries=2 %s %s"
                                .formatted(PORT, name, type));
        Matcher status = STATUS.matcher(output);
        if (!status.find()) {
            throw new AssertionError("no status in what dig wrote: " + output);
        }
        SortedSet<String> data = new TreeSet<>();
        output.lines()
                .filter(line -> !line.isBlank() && !line.startsWith(";"))
                .forEach(line -> data.add(line.split("\\s+", FIELDS)[FIELDS - 1]));
        return new Dig(status.group(1), data);
    }

    /**
     * Every {@code address:port} that an SRV name leads to, its targets resolved.
     *
     * @throws AssertionError if a target has no address
     */
    static Set<String> endpoints(String name) throws IOException, InterruptedException {
        Set<String> endpoints = new TreeSet<>();
        for (String srv : ask(name, "SRV").data) {
            String[] fields = srv.split(" "); // priority, weight, port, target
            SortedSet<String> addresses = ask(fields[3], "A").data;
            if (addresses.isEmpty()) {
                throw new AssertionError("the target of " + srv + " has no address");
            }
            addresses.forEach(address -> endpoints.add(address + ":" + fields[2]));
        }
        return endpoints;
    }
}
