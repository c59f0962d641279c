package io.meridian.controlplane.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;

import io.meridian.actors.Entities;
import io.meridian.actors.ingest.Ingest;
import io.meridian.actors.ingest.IngestStatus;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.marathon.MarathonSource;
import io.meridian.sources.mesos.MesosSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The ingests of all configured sources, Marathon's first.
 *
 * @param all cluster-wide singletons, by their proxies
 */
record Sources(ActorSystem<?> system, List<Source> all) {
    Sources {
        all = List.copyOf(all);
    }

    /**
     * @param name display name, such as "Marathon"
     */
    record Source(String name, ActorRef<Ingest.Command> ingest) {}

    /**
     * State of one source.
     *
     * @param status empty while the ingest does not answer
     */
    record State(String name, Optional<IngestStatus> status) {}

    static Sources start(
            NodeConfig config, ActorSystem<?> system, Entities entities, SourceCounters counters) {
        List<Source> all = new ArrayList<>();
        if (config.marathon().enabled()) {
            all.add(
                    new Source(
                            "Marathon",
                            entities.ingest(
                                    config.ingest(),
                                    sink ->
                                            speaking(
                                                    MarathonSource.create(
                                                            config.marathon(),
                                                            sink,
                                                            counters.marathon()),
                                                    "marathon",
                                                    MarathonSource.Do::new))));
        }
        if (config.mesos().enabled()) {
            all.add(
                    new Source(
                            "Mesos",
                            entities.mesosIngest(
                                    config.mesosIngest(),
                                    sink ->
                                            speaking(
                                                    MesosSource.create(
                                                            config.mesos(), sink, counters.mesos()),
                                                    "mesos",
                                                    MesosSource.Do::new))));
        }
        return new Sources(system, all);
    }

    /**
     * The state of each source, in the order of {@link #all}.
     *
     * @param limit an ingest without an answer within that time has no status
     */
    CompletionStage<List<State>> states(Duration limit) {
        CompletableFuture<List<State>> states = CompletableFuture.completedFuture(List.of());
        for (Source source : all) {
            states =
                    states.thenCombine(
                            status(source, limit).toCompletableFuture(),
                            (before, status) -> {
                                List<State> now = new ArrayList<>(before);
                                now.add(new State(source.name(), status));
                                return now;
                            });
        }
        return states;
    }

    private CompletionStage<Optional<IngestStatus>> status(Source source, Duration limit) {
        CompletionStage<IngestStatus> status =
                AskPattern.ask(source.ingest(), Ingest.GetStatus::new, limit, system.scheduler());
        return status.handle(
                (answer, failure) -> failure == null ? Optional.of(answer) : Optional.empty());
    }

    /**
     * Adapts a source to the ingest's protocol. When the source stops, this actor stops too, and
     * the supervisor of the ingest restarts both.
     */
    private static <C> Behavior<SourceCommand> speaking(
            Behavior<C> source, String name, Function<SourceCommand, C> wish) {
        return Behaviors.setup(
                context -> {
                    ActorRef<C> started = context.spawn(source, name);
                    context.watch(started);
                    return Behaviors.receiveMessage(
                            command -> {
                                started.tell(wish.apply(command));
                                return Behaviors.same();
                            });
                });
    }
}
