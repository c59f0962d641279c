package io.meridian.simulator.mesos;

/**
 * A Mesos agent: a machine that tasks run on.
 *
 * @param id such as {@code ...-S0}; the part after the last dash is in its tasks' names
 * @param hostname host name that the agent reports: a name or an address
 * @param address the agent's address in text, IPv6 without brackets; part of its process id
 * @param port port of the agent's HTTP, 0..65535
 */
public record MesosAgent(String id, String hostname, String address, int port) {
    private static final String CLUSTER = "b7a1c0de-4f3c-4a6e-9f0e-7c8a2d1b6e55";
    private static final int PORT = 5051;

    /** Agent number {@code index} with its address as host name. */
    public static MesosAgent of(int index, String address) {
        return new MesosAgent(CLUSTER + "-S" + index, address, address, PORT);
    }

    /** Returns this agent with another host name. */
    public MesosAgent called(String name) {
        return new MesosAgent(id, name, address, port);
    }

    /** Returns this agent with another address and the same host name. */
    public MesosAgent at(String other) {
        return new MesosAgent(id, hostname, other, port);
    }

    /** The process id {@code slave(1)@address:port}. */
    public String pid() {
        return "slave(1)@" + (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }
}
