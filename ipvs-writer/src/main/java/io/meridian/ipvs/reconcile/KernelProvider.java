package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.host.HostPrerequisites;

import java.util.function.Supplier;

/**
 * A writer's access to its kernel.
 *
 * @param open the kernel to program; the writer calls it again while the kernel is unavailable
 * @param inspect the kernel with which a plan of a dry run is compared; closed after each use
 * @param prerequisites of the host around the kernel's table
 */
record KernelProvider(
        Supplier<Kernel> open, Supplier<Kernel> inspect, HostPrerequisites prerequisites) {
    /** Access to this host's kernel. */
    static KernelProvider of(IpvsSettings settings) {
        return new KernelProvider(
                () -> Kernel.open(settings),
                () -> KernelOpener.inspect(settings),
                settings.kind() == IpvsSettings.Kind.IPVS
                        ? HostPrerequisites.of(settings.host())
                        : HostPrerequisites.NONE);
    }

    /** Access to an open kernel of a container, which has no prerequisites. */
    static KernelProvider of(Kernel opened) {
        return new KernelProvider(() -> opened, () -> opened, HostPrerequisites.NONE);
    }
}
