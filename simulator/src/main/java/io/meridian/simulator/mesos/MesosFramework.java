package io.meridian.simulator.mesos;

/**
 * A Mesos framework, which launches tasks.
 *
 * @param id such as {@code ...-0001}
 * @param hostname host name of its scheduler: a name or an address
 * @param pid {@code scheduler-...@address:port}, which only {@code /state} shows; empty for an HTTP
 *     scheduler
 * @param partitionAware whether tasks of unreachable agents are {@code TASK_UNREACHABLE}, else
 *     {@code TASK_LOST}
 */
public record MesosFramework(
        String id, String name, String hostname, String pid, boolean partitionAware) {
    private static final String CLUSTER = "b7a1c0de-4f3c-4a6e-9f0e-7c8a2d1b6e55";

    /** Framework number {@code index} with an HTTP scheduler. */
    public static MesosFramework of(int index, String name, String hostname) {
        return new MesosFramework("%s-%04d".formatted(CLUSTER, index), name, hostname, "", true);
    }

    /** Returns this framework without partition awareness: unreachable tasks are lost to it. */
    public MesosFramework withoutPartitions() {
        return new MesosFramework(id, name, hostname, pid, false);
    }

    /** Returns this framework with a scheduler driver at this address. */
    public MesosFramework at(String address, int port) {
        String host = address.contains(":") ? "[" + address + "]" : address;
        return new MesosFramework(
                id,
                name,
                hostname,
                "scheduler-c519c605@%s:%d".formatted(host, port),
                partitionAware);
    }
}
