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
 * Port to the kernel of one network namespace. Calls may block; one thread at a time. Closing it
 * leaves the kernel as it is.
 */
public interface Kernel extends AutoCloseable {
    /** Whether there is anything to talk to, as of when it was opened. */
    Availability availability();

    /**
     * All virtual servers, whoever made them, the routes on our interface and its condition, and
     * what is counted.
     *
     * @throws IOException if it could not be read whole; nothing is known then
     */
    Observation observe() throws IOException;

    /**
     * What is counted for the real servers of some virtual servers, at a lower price than a whole
     * dump; without the virtual servers' own totals. One that is not there is left out.
     */
    Statistics count(Set<Endpoint> virtualServers) throws IOException;

    /**
     * Applies in order; a refused operation does not stop those behind it.
     *
     * @return one outcome each, in the same order; {@code Done}, {@code Refused} or {@code Lost}
     * @throws IOException if the kernel can't be reached; any of them may or may not have come into
     *     effect
     */
    List<Outcome> execute(List<Operation> operations) throws IOException;

    @Override
    void close();

    /**
     * Opens what the settings ask for. Never fails: what is missing is in {@link #availability}.
     */
    static Kernel open(IpvsSettings settings) {
        return switch (settings.kind()) {
            case DRY_RUN -> new DryRunKernel();
            case IPVS -> KernelOpener.open(settings);
        };
    }

    /**
     * Opens the kernel of a container's network namespace, where nothing but the table and the
     * routes is set up.
     *
     * @param namespace a file that stands for it
     * @throws IOException if it can't be programmed yet; worth another try
     */
    static Kernel openIn(Path namespace, IpvsSettings settings) throws IOException {
        return NetworkNamespace.call(namespace, () -> KernelOpener.openInContainer(settings));
    }
}
