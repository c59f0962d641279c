package io.meridian.controlplane.admin;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.meridian.domain.table.Owner;
import io.meridian.domain.time.SteadyClock;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.Vip;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.zone.L4lbZone;
import io.meridian.ipvs.Statistics;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/**
 * One element of {@code GET /api/vips}.
 *
 * @param statistics null unless this node's kernel has counted the virtual server
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record VipDocument(
        String name,
        List<String> dns,
        String protocol,
        String address,
        int port,
        VipOptionsDocument options,
        List<String> conflicts,
        List<VipProblem> problems,
        @Nullable Counted statistics,
        List<Backend> backends) {
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Backend(
            String address,
            int port,
            int weight,
            String task,
            String state,
            @Nullable Counted statistics) {}

    /** What the kernel counted since the virtual or real server was added. */
    record Counted(
            long connections,
            long active,
            long inactive,
            long packetsIn,
            long packetsOut,
            long bytesIn,
            long bytesOut) {
        static Counted of(Statistics.Counters counters, long active, long inactive) {
            return new Counted(
                    counters.connections(),
                    active,
                    inactive,
                    counters.packetsIn(),
                    counters.packetsOut(),
                    counters.bytesIn(),
                    counters.bytesOut());
        }
    }

    /**
     * @param reachability the agents that this node considers unreachable
     * @param dataPlane adds counters and problems of this node's kernel; empty on a mere master
     */
    static List<VipDocument> all(
            VipImage image, Reachability reachability, Optional<DataPlane> dataPlane) {
        List<Vip> vips = image.vips(reachability);
        VipProblems problems = new VipProblems(vips, dataPlane, SteadyClock.INSTANCE::wall);
        return vips.stream().map(vip -> of(vip, problems.of(vip), dataPlane)).toList();
    }

    private static VipDocument of(
            Vip vip, List<VipProblem> problems, Optional<DataPlane> dataPlane) {
        String name = vip.key().name();
        return new VipDocument(
                name,
                vip.key().literal().isEmpty() ? List.of(L4lbZone.dnsName(name)) : List.of(),
                vip.key().protocol().label(),
                vip.address().toString(),
                vip.key().port(),
                VipOptionsDocument.effective(vip.options()),
                vip.conflicts(),
                problems,
                dataPlane
                        .flatMap(plane -> plane.counted(vip))
                        .map(it -> Counted.of(it.counters(), it.active(), it.inactive()))
                        .orElse(null),
                vip.backends().stream().map(backend -> of(vip, backend, dataPlane)).toList());
    }

    private static Backend of(Vip vip, Vip.Backend backend, Optional<DataPlane> dataPlane) {
        return new Backend(
                backend.endpoint().address().toString(),
                backend.endpoint().port(),
                backend.weight(),
                Owner.task(backend.task()).value(),
                backend.state().label(),
                dataPlane
                        .flatMap(plane -> plane.counted(vip, backend))
                        .map(it -> Counted.of(it.counters(), it.active(), it.inactive()))
                        .orElse(null));
    }
}
