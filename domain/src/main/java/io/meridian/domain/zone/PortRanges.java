package io.meridian.domain.zone;

import java.util.ArrayList;
import java.util.List;

/** Reads ports in Mesos's text of a ranges resource: {@code [31000-31001, 31005-31005]}. */
final class PortRanges {
    private PortRanges() {}

    /**
     * Every port between the first {@code [} and the next {@code ]}, in order. Ignores parts that
     * are no range of ports.
     */
    static List<Integer> parse(String text) {
        int from = text.indexOf('[');
        int to = text.indexOf(']', from + 1);
        List<Integer> ports = new ArrayList<>();
        if (from < 0 || to < 0) {
            return ports;
        }
        for (String part : text.substring(from + 1, to).split(",")) {
            String range = part.strip();
            if (range.matches("[0-9]{1,5}-[0-9]{1,5}")) {
                int dash = range.indexOf('-');
                int last = Math.min(Integer.parseInt(range.substring(dash + 1)), 65535);
                for (int port = Integer.parseInt(range.substring(0, dash)); port <= last; port++) {
                    ports.add(port);
                }
            }
        }
        return ports;
    }
}
