package io.meridian.simulator.mesos;

/**
 * A machine that tasks run on.
 *
 * @param id such as {@code ...-S0}; what follows the last dash is part of its tasks' names
 * @param hostname what it calls itself: a name or an address
 * @param address in text, IPv6 without brackets; stands in its process id
 * @param port of its HTTP, 0..65535
 */
public record MesosAgent(String id, String hostname, String address, int port) {
    private static final String CLUSTER = "b7a1c0de-4f3c-4a6e-9f0e-7c8a2d1b6e55";
    private static final int PORT = 5051;

    /** Agent number {@code index}, called by its address. */
    public static MesosAgent of(int index, String address) {
        return new MesosAgent(CLUSTER + "-S" + index, address, address, PORT);
    }

    /** The same one under another name. */
    public MesosAgent called(String name) {
        return new MesosAgent(id, name, address, port);
    }

    /** The same one, which has got another address and kept its name. */
    public MesosAgent at(String other) {
        return new MesosAgent(id, hostname, other, port);
    }

    /** {@code slave(1)@address:port}. */
    public String pid() {
        return "slave(1)@" + (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }
}
