package io.meridian.controlplane.admin;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.meridian.domain.net.AddressRange;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.table.Owner;
import io.meridian.domain.time.SteadyClock;
import io.meridian.domain.vip.PoolUse;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.Vip;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.zone.L4lbZone;
import io.meridian.ipvs.Statistics;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

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
     * @param ranges ranges of the addresses of named VIPs
     * @param reachability the agents that this node considers unreachable
     * @param dataPlane adds counters and problems of this node's kernel; empty on a mere master
     */
    static List<VipDocument> all(
            VipImage image,
            List<AddressRange> ranges,
            Reachability reachability,
            Optional<DataPlane> dataPlane) {
        List<Vip> vips = image.vips(reachability);
        VipProblems problems = new VipProblems(vips, dataPlane, SteadyClock.INSTANCE::wall);
        List<VipDocument> all = new ArrayList<>();
        vips.forEach(vip -> all.add(of(vip, problems.of(vip), dataPlane)));
        SortedMap<VipKey, String> refused = image.refused(reachability);
        refused.forEach((key, sentence) -> all.add(withheld(key, List.of(sentence))));
        List<PoolUse> pool = ranges.stream().map(range -> PoolUse.of(range, image)).toList();
        SortedSet<VipKey> withoutAddress = image.keys();
        withoutAddress.removeAll(refused.keySet());
        vips.forEach(vip -> withoutAddress.remove(vip.key()));
        for (VipKey key : withoutAddress) {
            List<String> sentences = PoolUse.refusals(key.name(), pool, image);
            all.add(
                    withheld(
                            key,
                            sentences.isEmpty()
                                    ? List.of("VIP " + key + " has no address of its family yet")
                                    : sentences));
        }
        all.sort(
                Comparator.comparing(VipDocument::name)
                        .thenComparing(VipDocument::protocol)
                        .thenComparing(VipDocument::port));
        return all;
    }

    /** A VIP that is not created. */
    private static VipDocument withheld(VipKey key, List<String> sentences) {
        boolean named = key.literal().isEmpty();
        return new VipDocument(
                key.name(),
                named ? List.of(L4lbZone.dnsName(key.name())) : List.of(),
                key.protocol().label(),
                named ? "" : key.name(),
                key.port(),
                VipOptionsDocument.effective(VipOptions.NONE),
                List.of(),
                sentences.stream().map(one -> VipProblem.of("refused", one)).toList(),
                null,
                List.of());
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
