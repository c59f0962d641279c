package io.meridian.simulator.marathon;

/**
 * A Mesos agent: a machine that tasks run on.
 *
 * @param id Mesos agent id, {@code ...-S0}
 * @param host the agent's {@code host} in Marathon: name or address
 * @param address the agent's address in text, which host-mode tasks report
 * @param index the agent's number from 0; selects its subnet of the overlay networks
 */
public record SimulatedAgent(
        String id, String host, String address, String region, String zone, int index) {
    private static final String CLUSTER = "5e3f0b9a-1a0c-4f3c-9f0e-7c8a2d1b6e55";

    /** Placeholder agent of an instance that waits for an offer. */
    static final SimulatedAgent NONE = new SimulatedAgent("", "", "", "", "", -1);

    /** Agent number {@code index} with the address as its host name, in region eu-1. */
    public static SimulatedAgent of(int index, String address) {
        return named(index, address, address);
    }

    /** Agent number {@code index} with a host name. */
    public static SimulatedAgent named(int index, String host, String address) {
        return new SimulatedAgent(
                CLUSTER + "-S" + index,
                host,
                address,
                "eu-1",
                "eu-1" + (char) ('a' + index % 26),
                index);
    }

    static String frameworkId() {
        return CLUSTER + "-0000";
    }
}
