package io.meridian.controlplane.node;

import io.meridian.actors.ingest.IngestStatus;
import io.meridian.controlplane.admin.AdminData.Readiness;
import io.meridian.domain.time.SteadyClock;
import io.meridian.projections.ProjectionBacklog;
import io.meridian.sources.mesos.MesosCounters;
import io.meridian.sources.mesos.MesosPhase;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * The contents of {@code GET /health/ready} of this node. Pure: the caller reads the parts.
 *
 * @param servesTables whether this node serves complete images of both tables
 * @param tables revisions and age of this node's tables
 * @param master state of this node's master part; empty on a node without role master
 * @param imageFaults why images cannot be written to disk, one sentence each
 * @param mesos counters of the Mesos source; phase DETACHED where the source does not run
 * @param now by {@link SteadyClock}
 */
record NodeReadiness(
        boolean servesTables,
        Tables tables,
        Optional<Master> master,
        List<String> imageFaults,
        MesosCounters.Snapshot mesos,
        Instant now) {
    /** Time after which a stale table or a detached source is a condition. */
    static final Duration TOLERANCE = Duration.ofSeconds(30);

    private static final int SHOWN = 20;

    /** A database that restarts or is promoted is away for that long. */
    private static final Duration SHORT_OUTAGE = Duration.ofSeconds(5);

    private static final List<Conditions.Rule<NodeReadiness>> RULES =
            List.of(
                    new Conditions.Rule<>("tables", NodeReadiness::staleTables),
                    new Conditions.Rule<>("image", NodeReadiness::unwrittenImages),
                    new Conditions.Rule<>("database", NodeReadiness::silentDatabase),
                    new Conditions.Rule<>(
                            "projection",
                            node -> node.backlog().flatMap(ProjectionBacklog::lagProblem)),
                    new Conditions.Rule<>(
                            "set-aside",
                            node -> node.backlog().flatMap(ProjectionBacklog::setAsideProblem)),
                    new Conditions.Rule<>("ingest", NodeReadiness::missingIngests),
                    new Conditions.Rule<>("source", NodeReadiness::detachedSources),
                    new Conditions.Rule<>("claims", NodeReadiness::oldClaims),
                    new Conditions.Rule<>("refused", NodeReadiness::refusedObservations));

    NodeReadiness {
        imageFaults = List.copyOf(imageFaults);
    }

    /**
     * @param zoneRevision revision of this node's zone table
     * @param vipRevision revision of this node's VIP table
     * @param lagSeconds seconds for which this node's tables may have been out of date
     */
    record Tables(long zoneRevision, long vipRevision, double lagSeconds) {}

    /**
     * @param waitsFor the condition that the master part waits for; empty once it serves
     * @param database the last probe of the database
     * @param backlog events that wait for their projection; empty while the database does not say
     * @param sources states of the cluster's sources; empty before the ingests are started
     */
    record Master(
            Optional<String> waitsFor,
            DatabaseProbe.Result database,
            Optional<ProjectionBacklog> backlog,
            List<Sources.State> sources) {
        Master {
            sources = List.copyOf(sources);
        }
    }

    Readiness report() {
        SortedMap<String, Object> details = new TreeMap<>();
        details.put("zone_revision", tables.zoneRevision());
        details.put("vip_revision", tables.vipRevision());
        details.put("lag_seconds", tables.lagSeconds());
        String prefix = ""; // detail names: no prefix for the first source, "mesos_" for the second
        for (Sources.State source : sources()) {
            details.put(prefix + "ingest_leader", source.status().isPresent());
            if (source.status().isPresent()) {
                describe(source.status().get(), prefix, details);
            }
            prefix = "mesos_";
        }
        if (mesos.phase() != MesosPhase.DETACHED) {
            details.put("mesos_phase", mesos.phase().name().toLowerCase(Locale.ROOT));
            details.put("mesos_awaited_agents", mesos.known().awaitedAgents());
        }
        waitsFor().ifPresent(stage -> details.put("master", stage));
        backlog().ifPresent(backlog -> describe(backlog, details));
        return new Readiness(reasons(), conditions().active(), details);
    }

    Conditions conditions() {
        return Conditions.of(RULES, this);
    }

    List<Sources.State> sources() {
        return master.map(Master::sources).orElse(List.of());
    }

    Optional<ProjectionBacklog> backlog() {
        return master.flatMap(Master::backlog);
    }

    private static void describe(ProjectionBacklog backlog, SortedMap<String, Object> details) {
        details.put("projection_lag_seconds", backlog.lag().toMillis() / 1000.0);
        details.put("projection_set_aside_events", backlog.setAside());
    }

    private Optional<String> waitsFor() {
        return master.flatMap(Master::waitsFor);
    }

    private List<String> reasons() {
        return servesTables
                ? List.of()
                : List.of(
                        "no complete image is served yet: "
                                + waitsFor().orElse("no master has sent one"));
    }

    private Optional<String> staleTables() {
        return tables.lagSeconds() > TOLERANCE.toSeconds()
                ? Optional.of(
                        "this node's tables may have been out of date for %.0f s"
                                .formatted(tables.lagSeconds()))
                : Optional.empty();
    }

    private Optional<String> unwrittenImages() {
        return joined(imageFaults);
    }

    private Optional<String> silentDatabase() {
        return master.flatMap(part -> part.database().outage())
                .filter(outage -> outage.since().plus(SHORT_OUTAGE).isBefore(now))
                .map(DatabaseProbe.Outage::why);
    }

    private Optional<String> detachedSources() {
        return ofIngests(
                (name, status) ->
                        isDetached(status)
                                ? Optional.of(detached(name, status))
                                : Optional.empty());
    }

    private boolean isDetached(IngestStatus status) {
        return !status.attached() && status.since().plus(TOLERANCE).isBefore(now);
    }

    private static String detached(String name, IngestStatus status) {
        return name
                + " has been detached since "
                + SteadyClock.INSTANCE.wall(status.since())
                + ": "
                + status.detail();
    }

    private Optional<String> oldClaims() {
        return ofIngests(
                (name, status) ->
                        status.oldestClaim().compareTo(TOLERANCE) > 0
                                ? Optional.of(
                                        "a change of %s has not been journalled for %d s"
                                                .formatted(name, status.oldestClaim().toSeconds()))
                                : Optional.empty());
    }

    private Optional<String> refusedObservations() {
        return ofIngests(
                (name, status) ->
                        status.refused().isEmpty()
                                ? Optional.empty()
                                : Optional.of(
                                        "the journal cannot hold observations of %s: %s"
                                                .formatted(name, first(status.refused()))));
    }

    private Optional<String> ofIngests(
            BiFunction<String, IngestStatus, Optional<String>> sentence) {
        return joined(
                sources().stream()
                        .flatMap(
                                source ->
                                        source
                                                .status()
                                                .flatMap(
                                                        status ->
                                                                sentence.apply(
                                                                        source.name(), status))
                                                .stream())
                        .toList());
    }

    private Optional<String> missingIngests() {
        return joined(
                sources().stream()
                        .filter(source -> source.status().isEmpty())
                        .map(
                                source ->
                                        "no master leads the ingest of "
                                                + source.name()
                                                + ", or it does not answer: its changes are not"
                                                + " read")
                        .toList());
    }

    private static Optional<String> joined(List<String> sentences) {
        return sentences.isEmpty()
                ? Optional.empty()
                : Optional.of(sentences.stream().collect(Collectors.joining("; ")));
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
        details.put(prefix + "vip_refusals", first(status.vipRefusals()));
    }

    /** The first of a list, so that a fault of many services cannot fill a health answer. */
    private static List<String> first(List<String> all) {
        if (all.size() <= SHOWN) {
            return all;
        }
        List<String> first = new ArrayList<>(all.subList(0, SHOWN));
        first.add("and %d more".formatted(all.size() - SHOWN));
        return first;
    }
}
