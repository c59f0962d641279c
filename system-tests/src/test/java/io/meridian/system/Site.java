package io.meridian.system;

import java.util.List;

/**
 * The place where a node of a test cluster runs.
 *
 * @param name the node's id
 * @param prefix words before the node's command, such as {@code ip netns exec NAME}; may be empty
 */
record Site(String name, String address, List<String> prefix) {
    static final int CLUSTER = 25_520;
    static final int HTTP = 28_181;
    static final int DNS = 25_354;

    boolean isMaster() {
        return name.startsWith("master");
    }

    String seed() {
        return address + ":" + CLUSTER;
    }
}
