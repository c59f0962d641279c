package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.host.Surroundings;

import java.util.function.Supplier;

/**
 * How a writer gets at its kernel.
 *
 * @param open the one to program; called again as long as it is not available
 * @param inspect the one that a dry run is compared with on demand; closed after each use
 * @param surroundings what has to be right around it
 */
record Access(Supplier<Kernel> open, Supplier<Kernel> inspect, Surroundings surroundings) {
    /** This host's. */
    static Access of(IpvsSettings settings) {
        return new Access(
                () -> Kernel.open(settings),
                () -> NetlinkKernel.inspect(settings),
                settings.kind() == IpvsSettings.Kind.IPVS
                        ? Surroundings.of(settings.host())
                        : Surroundings.NONE);
    }

    /** One that is open already, a container's: it has no surroundings. */
    static Access of(Kernel opened) {
        return new Access(() -> opened, () -> opened, Surroundings.NONE);
    }
}
