package io.meridian.sources.marathon;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.TimerScheduler;

import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.http.HostLookup;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;

/**
 * Gives sightings their agents' addresses and has names looked up; the shell around {@link
 * AgentAddresses}.
 */
final class Agents {
    private static final Logger LOG = LoggerFactory.getLogger(Agents.class);

    private final AgentAddresses addresses;
    private final HostLookup lookup;
    private final Duration failedTtl;
    private final ActorRef<MarathonSource.Command> self;
    private final TimerScheduler<MarathonSource.Command> timers;

    Agents(
            MarathonSettings settings,
            HostLookup lookup,
            ActorRef<MarathonSource.Command> self,
            TimerScheduler<MarathonSource.Command> timers) {
        // What a listing taught holds until two more could have taught it again.
        long learned = 3 * settings.listingInterval().toNanos();
        failedTtl = settings.agentFailedTtl();
        addresses = new AgentAddresses(settings.agentTtl().toNanos(), failedTtl.toNanos(), learned);
        this.lookup = lookup;
        this.self = self;
        this.timers = timers;
    }

    SourceSignal addressed(SourceSignal signal, long now) {
        return signal
                        instanceof
                        SourceSignal.Observed(
                                Observation.TaskSeen(var service, var sighting, var reason))
                ? new SourceSignal.Observed(
                        new Observation.TaskSeen(
                                service, addressed(service, sighting, now), reason))
                : signal;
    }

    /** The tasks of a reading; those in host mode teach their agents' addresses. */
    List<TaskSighting> addressed(ServiceId service, Reading reading, long now) {
        if (reading.definition().mode() == NetworkMode.HOST) {
            for (TaskSighting task : reading.tasks()) {
                if (task.phase() == TaskPhase.RUNNING) {
                    addresses.learn(task.agent().host(), task.addresses(), now);
                }
            }
        }
        return reading.tasks().stream().map(task -> addressed(service, task, now)).toList();
    }

    private TaskSighting addressed(ServiceId service, TaskSighting seen, long now) {
        return new TaskSighting(
                seen.task(),
                seen.instance(),
                seen.container(),
                seen.version(),
                seen.phase(),
                seen.unreachable(),
                addresses.addressed(service, seen.agent(), now),
                seen.addresses(),
                seen.hostPorts(),
                seen.health());
    }

    /** Starts the lookups that are wanted; each comes back as {@link Notice.HostAnswered}. */
    void lookUp() {
        for (String host : addresses.takeWanted()) {
            lookup.lookUp(host)
                    .whenComplete(
                            (found, failure) ->
                                    self.tell(
                                            new Notice.HostAnswered(
                                                    host, failure == null ? found : List.of())));
        }
    }

    AgentAddresses.Resolved answered(Notice.HostAnswered notice, long now) {
        if (notice.addresses().isEmpty()) {
            LOG.warn(
                    "cannot resolve agent: host={}: its host ports are not published, will try"
                            + " again",
                    notice.host());
            timers.startSingleTimer(
                    "host " + notice.host(), new Notice.HostRetry(notice.host()), failedTtl);
        }
        return addresses.resolved(notice.host(), notice.addresses(), now);
    }

    void retry(Notice.HostRetry notice) {
        addresses.retry(notice.host());
    }
}
