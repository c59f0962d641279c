package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.Endpoint;
import io.meridian.ipvs.Observation;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.Statistics;
import io.meridian.netlink.NetworkNamespace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Port to the kernel of one network namespace. Calls may block; one thread calls at a time. Closing
 * leaves the kernel's state in place.
 */
interface Kernel extends AutoCloseable {
    /** Whether the kernel could be programmed when it was opened. */
    Availability availability();

    /**
     * Dumps all virtual servers, of whatever program, the routes on our interface, the interface's
     * state, and the counters.
     *
     * @throws IOException if the dump is incomplete
     */
    Observation observe() throws IOException;

    /**
     * Dumps the counters of real servers behind some virtual servers, at a lower cost than {@link
     * #observe}; without totals of the virtual servers. Virtual servers that do not exist are left
     * out.
     */
    Statistics count(Set<Endpoint> virtualServers) throws IOException;

    /**
     * Executes operations in order; a refusal does not stop the next ones.
     *
     * @return one outcome each, in the same order; {@code Done}, {@code Refused} or {@code Lost}
     * @throws IOException if the kernel cannot be reached; each operation may or may not have taken
     *     effect
     */
    List<Outcome> execute(List<Operation> operations) throws IOException;

    @Override
    void close();

    /**
     * Opens the kernel that the settings select. Never fails: {@link #availability} has the cause.
     */
    static Kernel open(IpvsSettings settings) {
        return switch (settings.kind()) {
            case DRY_RUN -> new DryRunKernel();
            case IPVS -> KernelOpener.open(settings);
        };
    }

    /**
     * Opens the kernel of a container's network namespace, without changes to the host.
     *
     * @param namespace file that refers to the namespace
     * @throws IOException if the namespace cannot be programmed yet; the caller tries again
     */
    static Kernel openIn(Path namespace, IpvsSettings settings) throws IOException {
        return NetworkNamespace.call(namespace, () -> KernelOpener.openInContainer(settings));
    }
}
