package io.meridian.simulator.mesos;

/**
 * A framework, which launches tasks.
 *
 * @param id such as {@code ...-0001}
 * @param hostname of its scheduler: a name or an address
 * @param pid {@code scheduler-...@address:port}, which only {@code /state} tells; empty for one
 *     that speaks HTTP
 * @param partitionAware whether it is told {@code TASK_UNREACHABLE} or {@code TASK_LOST}
 */
public record MesosFramework(
        String id, String name, String hostname, String pid, boolean partitionAware) {
    private static final String CLUSTER = "b7a1c0de-4f3c-4a6e-9f0e-7c8a2d1b6e55";

    /** Framework number {@code index} that speaks HTTP. */
    public static MesosFramework of(int index, String name, String hostname) {
        return new MesosFramework("%s-%04d".formatted(CLUSTER, index), name, hostname, "", true);
    }

    /** The same one of an age that knows no unreachable tasks: to it they are lost. */
    public MesosFramework withoutPartitions() {
        return new MesosFramework(id, name, hostname, pid, false);
    }

    /** The same one with a scheduler driver at this address. */
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
