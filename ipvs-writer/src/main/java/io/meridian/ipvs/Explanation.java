package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;
import io.meridian.ipvs.GracefulTransition.Drain;
import io.meridian.ipvs.GracefulTransition.RealServerKey;
import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.IpvsOperation.AddVirtualServer;
import io.meridian.ipvs.IpvsOperation.RemoveRealServer;
import io.meridian.ipvs.IpvsOperation.RemoveVirtualServer;
import io.meridian.ipvs.IpvsOperation.UpdateRealServer;
import io.meridian.ipvs.IpvsOperation.UpdateVirtualServer;
import io.meridian.ipvs.RouteOperation.AddRoute;
import io.meridian.ipvs.RouteOperation.RaiseInterface;
import io.meridian.ipvs.RouteOperation.RemoveRoute;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Explains the operations of a plan.
 *
 * @param target that the VIP image requests
 * @param observed Meridian's part of the kernel's state
 * @param statistics of {@code observed}
 * @param step from {@code observed} towards {@code target}
 */
public record Explanation(
        Target target,
        KernelState observed,
        Statistics statistics,
        GracefulTransition.Step step,
        Instant now) {
    /** The operations of a plan, each with a reason. */
    public List<Proposal.Change> of(Plan plan) {
        List<Proposal.Change> changes = new ArrayList<>();
        add("build", plan.build(), changes);
        add("admit", plan.admit(), changes);
        add("retire", plan.retire(), changes);
        add("remove", plan.remove(), changes);
        return changes;
    }

    private void add(String stage, List<Operation> operations, List<Proposal.Change> changes) {
        operations.forEach(
                operation -> changes.add(new Proposal.Change(stage, operation, why(operation))));
    }

    private String why(Operation operation) {
        return switch (operation) {
            case AddVirtualServer _ -> "a VIP asks for it and the kernel lacks it";
            case UpdateVirtualServer update -> difference(update.server());
            case RemoveVirtualServer _ -> "no VIP asks for it and none of its real servers is left";
            case AddRealServer add -> coming(add.virtualServer(), add.real());
            case UpdateRealServer update -> changing(update.virtualServer(), update.real());
            case RemoveRealServer remove -> leaving(remove.virtualServer(), remove.real());
            case RaiseInterface _ -> "the interface is missing or down";
            case AddRoute _ -> "a VIP has this address and the host does not take its packets yet";
            case RemoveRoute _ -> "no VIP has this address any more";
        };
    }

    private String difference(VirtualServer wanted) {
        VirtualServer present = observed.table().get(wanted.endpoint()).orElseThrow().server();
        List<String> parts = new ArrayList<>();
        if (!present.scheduler().equals(wanted.scheduler())) {
            parts.add("scheduler is " + present.scheduler() + ", not " + wanted.scheduler());
        }
        if (present.flags() != wanted.flags()) {
            parts.add(
                    "flags are 0x"
                            + Integer.toHexString(present.flags())
                            + ", not 0x"
                            + Integer.toHexString(wanted.flags()));
        }
        if (present.timeoutSeconds() != wanted.timeoutSeconds()) {
            parts.add(
                    "affinity lasts "
                            + present.timeoutSeconds()
                            + " s, not "
                            + wanted.timeoutSeconds()
                            + " s");
        }
        if (present.prefixLength() != wanted.prefixLength()) {
            parts.add(
                    "clients are told apart by /"
                            + present.prefixLength()
                            + ", not /"
                            + wanted.prefixLength());
        }
        return String.join("; ", parts);
    }

    private String coming(Endpoint server, RealServer real) {
        return startsSlowly(server, real.endpoint())
                ? "a backend came where others serve; starts slowly"
                : "a backend of the VIP that the kernel lacks";
    }

    private boolean startsSlowly(Endpoint server, Endpoint real) {
        return step.next().starts().containsKey(new RealServerKey(server, real));
    }

    private String changing(Endpoint server, RealServer real) {
        if (drain(server, real.endpoint()).isPresent()) {
            Drain drain = drain(server, real.endpoint()).get();
            return "not a backend any more; keeps its "
                    + connections(server, real.endpoint())
                    + " for at most "
                    + seconds(Duration.between(now, drain.deadline()));
        }
        if (startsSlowly(server, real.endpoint())) {
            return "its slow start goes on";
        }
        RealServer before =
                observed.table()
                        .get(server)
                        .flatMap(entry -> entry.real(real.endpoint()))
                        .orElseThrow();
        return before.weight() != real.weight()
                ? "weight is " + before.weight() + ", not " + real.weight()
                : "forwarding or thresholds differ";
    }

    private String leaving(Endpoint server, Endpoint real) {
        Duration patience = target.policy(server).drain();
        return patience.isZero()
                ? "not a backend any more, and its VIP asks for no drain"
                : "drained: " + connections(server, real) + " left";
    }

    private Optional<Drain> drain(Endpoint server, Endpoint real) {
        return Optional.ofNullable(step.next().drains().get(new RealServerKey(server, real)));
    }

    private String connections(Endpoint server, Endpoint real) {
        Statistics.Real counted = statistics.of(server, real).orElse(Statistics.Real.IDLE);
        return counted.active() + " active and " + counted.inactive() + " inactive connections";
    }

    private static String seconds(Duration duration) {
        return duration.toSeconds() + " s";
    }
}
