package io.meridian.controlplane.node;

import io.meridian.actors.ingest.IngestStatus;
import io.meridian.controlplane.admin.AdminData.Readiness;
import io.meridian.domain.time.SteadyClock;
import io.meridian.sources.mesos.MesosCounters;
import io.meridian.sources.mesos.MesosPhase;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The contents of {@code GET /health/ready} of this node. Pure: the caller reads the parts.
 *
 * @param servesTables whether this node serves complete images of both tables
 * @param masterWaitsFor the condition that this node's master part waits for; empty once the master
 *     part serves, or on a node without role master
 * @param zoneRevision revision of this node's zone table
 * @param vipRevision revision of this node's VIP table
 * @param lagSeconds seconds for which this node's tables may have been out of date
 * @param sources states of the cluster's sources; empty on a node without role master
 * @param mesos counters of the Mesos source; phase DETACHED where the source does not run
 */
record NodeReadiness(
        boolean servesTables,
        Optional<String> masterWaitsFor,
        long zoneRevision,
        long vipRevision,
        double lagSeconds,
        List<Sources.State> sources,
        MesosCounters.Snapshot mesos) {
    private static final int SHOWN = 20;

    NodeReadiness {
        sources = List.copyOf(sources);
    }

    Readiness report() {
        SortedMap<String, Object> details = new TreeMap<>();
        details.put("zone_revision", zoneRevision);
        details.put("vip_revision", vipRevision);
        details.put("lag_seconds", lagSeconds);
        String prefix = ""; // detail names: no prefix for the first source, "mesos_" for the second
        for (Sources.State source : sources) {
            if (source.status().isPresent()) {
                describe(source.status().get(), prefix, details);
            }
            prefix = "mesos_";
        }
        if (mesos.phase() != MesosPhase.DETACHED) {
            details.put("mesos_phase", mesos.phase().name().toLowerCase(Locale.ROOT));
            details.put("mesos_awaited_agents", mesos.known().awaitedAgents());
        }
        masterWaitsFor.ifPresent(stage -> details.put("master", stage));
        return new Readiness(reasons(), details);
    }

    private List<String> reasons() {
        return servesTables
                ? List.of()
                : List.of(
                        "no complete image is served yet: "
                                + masterWaitsFor.orElse("no master has sent one"));
    }

    private static void describe(
            IngestStatus status, String prefix, SortedMap<String, Object> details) {
        details.put(prefix + "source", status.source());
        details.put(prefix + "source_attached", status.attached());
        details.put(prefix + "source_detail", status.detail());
        details.put(prefix + "source_since", SteadyClock.INSTANCE.wall(status.since()).toString());
        details.put(
                prefix + "last_listing",
                status.lastListing()
                        .map(SteadyClock.INSTANCE::wall)
                        .map(Object::toString)
                        .orElse("never"));
        details.put(prefix + "services", status.services());
        details.put(prefix + "live_tasks", status.liveTasks());
        details.put(prefix + "claims_waiting", status.queued() + status.inFlight());
        details.put(prefix + "oldest_claim_seconds", status.oldestClaim().toSeconds());
        details.put(prefix + "claims_refused", status.refused());
        details.put(prefix + "absences_unproven", status.absences());
        details.put(prefix + "listing_exceptions", status.exceptions());
        details.put(prefix + "undefined_services", first(status.undefined()));
        details.put(prefix + "vip_refusals", status.vipRefusals());
    }

    /** The first few of a list, so that a fault of many services cannot fill a health answer. */
    private static List<String> first(List<String> all) {
        return all.size() <= SHOWN ? all : all.subList(0, SHOWN);
    }
}
