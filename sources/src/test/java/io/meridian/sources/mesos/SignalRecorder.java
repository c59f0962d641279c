package io.meridian.sources.mesos;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.sources.SourceSignal;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A {@link MesosFold} with its signals, and the state that follows from the signals. */
final class SignalRecorder {
    static final Duration LIMIT = Duration.ofMinutes(10);
    static final Duration QUIET = Duration.ofSeconds(10);

    final List<SourceSignal> signals = new ArrayList<>();
    final MesosFold fold;
    Instant now = Instant.EPOCH;

    SignalRecorder() {
        this(Optional.empty());
    }

    SignalRecorder(Optional<String> marathon) {
        this(marathon, "");
    }

    /**
     * @param id of the Marathon's framework; may be empty
     */
    SignalRecorder(Optional<String> marathon, String id) {
        this(marathon, id, host -> IpAddress.parse(host).map(List::of).orElse(List.of()));
    }

    SignalRecorder(Optional<String> marathon, HostAddresses book) {
        this(marathon, "", book);
    }

    private SignalRecorder(Optional<String> marathon, String id, HostAddresses book) {
        fold =
                new MesosFold(
                        new FoldSettings(
                                new FailoverSettings(LIMIT, QUIET),
                                marathon.map(name -> new MarathonFramework(name, id)),
                                Set.of("mesos-bridge")),
                        book,
                        signals::add);
    }

    void send(String json) {
        fold.event(MessageReader.read(json.getBytes(StandardCharsets.UTF_8)), now);
    }

    void pass(Duration time) {
        now = now.plus(time);
        fold.tick(now);
    }

    /** Observations of single tasks; a listing replaces all tasks. */
    TreeMap<String, MesosTask> tasks() {
        return tasks(signals);
    }

    static TreeMap<String, MesosTask> tasks(List<SourceSignal> signals) {
        TreeMap<String, MesosTask> known = new TreeMap<>();
        for (SourceSignal signal : signals) {
            switch (signal) {
                case SourceSignal.Observed(Observation.MesosTaskSeen seen) -> {
                    if (seen.task().phase() == TaskPhase.GONE) {
                        known.remove(key(seen.service(), seen.task()));
                    } else {
                        known.put(key(seen.service(), seen.task()), seen.task());
                    }
                }
                case SourceSignal.ListedAll all -> {
                    known.clear();
                    for (Observation.Listing listing : all.services()) {
                        if (listing instanceof Observation.MesosListed listed) {
                            listed.tasks()
                                    .forEach(task -> known.put(key(listed.service(), task), task));
                        }
                    }
                }
                default -> {}
            }
        }
        return known;
    }

    /** Ids of all tasks in these signals. */
    static Set<String> ids(List<SourceSignal> signals) {
        Set<String> ids = new TreeSet<>();
        tasks(signals).values().forEach(task -> ids.add(task.id().value()));
        return ids;
    }

    private static String key(ServiceId service, MesosTask task) {
        return service + " " + task.id();
    }

    Set<String> agents() {
        Set<String> known = new TreeSet<>();
        for (SourceSignal signal : signals) {
            if (signal instanceof SourceSignal.ClusterObserved(ClusterClaim claim)) {
                switch (claim) {
                    case ClusterClaim.AgentSeen seen -> known.add(seen.id());
                    case ClusterClaim.AgentGone gone -> known.remove(gone.id());
                    case ClusterClaim.ClusterListed listed -> {
                        known.clear();
                        listed.agents().forEach(agent -> known.add(agent.id()));
                    }
                    default -> {}
                }
            }
        }
        return known;
    }

    /** Ends of tasks in these signals. */
    List<String> ends() {
        return ends(signals);
    }

    static List<String> ends(List<SourceSignal> signals) {
        List<String> ends = new ArrayList<>();
        for (SourceSignal signal : signals) {
            if (signal instanceof SourceSignal.Observed(Observation.MesosTaskSeen seen)
                    && seen.task().phase() == TaskPhase.GONE) {
                ends.add(seen.task().id().value() + " " + seen.reason());
            }
        }
        return ends;
    }

    long listings() {
        return signals.stream().filter(SourceSignal.ListedAll.class::isInstance).count();
    }
}
