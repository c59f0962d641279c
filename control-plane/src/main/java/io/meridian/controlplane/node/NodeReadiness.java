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
 * What {@code GET /health/ready} shows of this node. Pure: the caller reads the parts.
 *
 * @param servesTables whether clients get answers from complete images of both tables
 * @param masterWaitsFor what this node's master part waits for; empty once it serves, or on a mere
 *     agent
 * @param zoneRevision of the zone table as this node has it
 * @param vipRevision of the VIP table as this node has it
 * @param lagSeconds for how long the tables may have been out of date here
 * @param sources states of the cluster's sources; empty on a mere agent
 * @param mesos counters of the Mesos source; phase DETACHED where it does not run
 */
record NodeReadiness(
        boolean servesTables,
        Optional<String> masterWaitsFor,
        long zoneRevision,
        long vipRevision,
        double lagSeconds,
        List<Sources.State> sources,
        MesosCounters.Snapshot mesos) {
    NodeReadiness {
        sources = List.copyOf(sources);
    }

    Readiness report() {
        SortedMap<String, Object> details = new TreeMap<>();
        details.put("zone_revision", zoneRevision);
        details.put("vip_revision", vipRevision);
        details.put("lag_seconds", lagSeconds);
        String prefix = ""; // the first source's names have none, the second's have "mesos_"
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
        details.put(prefix + "absences_unproven", status.absences());
        details.put(prefix + "vip_refusals", status.vipRefusals());
    }
}
