package io.meridian.ipvs.reconcile;

import java.time.Duration;
import java.util.List;

/**
 * How a node's data plane stands.
 *
 * @param kind {@code dry-run} or {@code ipvs}
 * @param unavailable why the kernel can't be programmed at all; empty if it can
 * @param warnings what of the host's set-up is missing, in words
 * @param appliedRevision revision of the VIP table of the newest round, 0 before the first; rows
 *     that the kernel refused are in {@code failures}
 * @param virtualServers how many that image asks for
 * @param realServers how many that image asks for, over all virtual servers
 * @param operations taken by the kernel since start
 * @param failures rows that are not as desired, sorted
 * @param driftRepaired operations since start that undid somebody else's changes
 * @param lastReconcile how long the newest round took
 * @param fault why the newest round broke off; empty if it did not
 */
public record IpvsStatus(
        String kind,
        String unavailable,
        List<String> warnings,
        long appliedRevision,
        int virtualServers,
        int realServers,
        long operations,
        List<Failure> failures,
        long driftRepaired,
        Duration lastReconcile,
        String fault) {
    public IpvsStatus {
        warnings = List.copyOf(warnings);
        failures = List.copyOf(failures);
    }

    static IpvsStatus before(String kind, String unavailable, List<String> warnings) {
        return new IpvsStatus(
                kind, unavailable, warnings, 0, 0, 0, 0, List.of(), 0, Duration.ZERO, "");
    }

    IpvsStatus after(Round round, long revision) {
        return new IpvsStatus(
                kind,
                unavailable,
                warnings,
                revision,
                round.desired().table().size(),
                round.desired().table().realServers(),
                operations + round.operations(),
                round.failures(),
                driftRepaired + round.repaired(),
                round.took(),
                "");
    }

    IpvsStatus broken(String newFault) {
        return new IpvsStatus(
                kind,
                unavailable,
                warnings,
                appliedRevision,
                virtualServers,
                realServers,
                operations,
                failures,
                driftRepaired,
                lastReconcile,
                newFault);
    }
}
