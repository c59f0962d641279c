package io.meridian.projections;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.pubsub.Topic;

import io.meridian.domain.journal.WrittenTopic;
import io.meridian.domain.time.Backoff;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Runs one projection: projects a batch soon after the journal has published a write, and polls the
 * queue for writes whose message was lost. Retries with backoff while the database is unreachable.
 */
final class ProjectionActor extends AbstractBehavior<ProjectionActor.Message> {
    private static final Logger LOG = LoggerFactory.getLogger(ProjectionActor.class);
    private static final Backoff PAUSE = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5));
    private static final Duration POLL_INTERVAL = Duration.ofMillis(250);

    /** Interval of {@link ProjectionRunner#retrySetAside}. */
    static final Duration RETRY_INTERVAL = Duration.ofMinutes(5);

    private final String name;
    private final String entityType;
    private final Duration window;
    private final Steps steps;
    private final TimerScheduler<Message> timers;

    private boolean busy;
    private boolean due;
    private boolean prepared;
    private boolean retryDue = true;
    private int failures;

    /**
     * Work of a projection; each may fail and be called again.
     *
     * @param prepare must complete before the first batch
     * @param retrySetAside see {@link ProjectionRunner#retrySetAside}
     * @param next see {@link ProjectionRunner#next}
     * @param stop called when the actor stops
     */
    record Steps(Mono<Void> prepare, Mono<Void> retrySetAside, Mono<Boolean> next, Runnable stop) {}

    sealed interface Message {
        /** The journal has written events of that entity type. */
        record Written(String entityType) implements Message {}

        enum Timer implements Message {
            BATCH,
            RETRY
        }

        /** A batch is done; {@code more} if more events may wait. */
        record Done(boolean more) implements Message {}

        record Failed(Throwable why) implements Message {}
    }

    private ProjectionActor(
            ActorContext<Message> context,
            TimerScheduler<Message> timers,
            String name,
            String entityType,
            Duration window,
            Steps steps) {
        super(context);
        this.timers = timers;
        this.name = name;
        this.entityType = entityType;
        this.window = window;
        this.steps = steps;
        ActorRef<Topic.Command<String>> topic =
                context.spawn(Topic.create(String.class, WrittenTopic.NAME), "written-topic");
        topic.tell(Topic.subscribe(context.messageAdapter(String.class, Message.Written::new)));
        timers.startTimerWithFixedDelay(Message.Timer.RETRY, RETRY_INTERVAL);
        schedule(Duration.ZERO);
    }

    /**
     * @param window time for which events are collected before a batch
     */
    static Behavior<Message> create(String name, String entityType, Duration window, Steps steps) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers ->
                                        new ProjectionActor(
                                                context, timers, name, entityType, window, steps)));
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Message.class, this::on)
                .onSignal(PostStop.class, _ -> stopped())
                .build();
    }

    private Behavior<Message> on(Message message) {
        switch (message) {
            case Message.Written written -> onWritten(written);
            case Message.Timer.BATCH -> project();
            case Message.Timer.RETRY -> retryDue = true;
            case Message.Done done -> onDone(done);
            case Message.Failed failed -> onFailed(failed.why());
        }
        return this;
    }

    private Behavior<Message> stopped() {
        steps.stop().run();
        return this;
    }

    /** Further messages do not postpone a batch that is due within the window. */
    private void onWritten(Message.Written written) {
        if (!due && written.entityType().equals(entityType) && failures == 0) {
            due = true;
            if (!busy) {
                schedule(window);
            }
        }
    }

    private void project() {
        if (busy) {
            due = true;
            return;
        }
        busy = true;
        due = false;
        Mono<Boolean> work =
                (prepared ? Mono.<Void>empty() : steps.prepare())
                        .then(retryDue ? steps.retrySetAside() : Mono.empty())
                        .then(steps.next());
        getContext()
                .pipeToSelf(
                        work.toFuture(),
                        (more, failure) ->
                                failure == null
                                        ? new Message.Done(more)
                                        : new Message.Failed(failure));
    }

    private void onDone(Message.Done done) {
        if (failures > 0) {
            LOG.info("projects events again: projection={} failures={}", name, failures);
        }
        busy = false;
        prepared = true;
        retryDue = false;
        failures = 0;
        due |= done.more();
        schedule(done.more() ? Duration.ZERO : due ? window : POLL_INTERVAL);
    }

    private void onFailed(Throwable why) {
        busy = false;
        failures++;
        Duration pause = PAUSE.delay(failures, ThreadLocalRandom.current());
        if (Integer.bitCount(failures) == 1) {
            LOG.warn(
                    "cannot project events: projection={} failures={}: {}; next try in {} ms",
                    name,
                    failures,
                    why.getMessage(),
                    pause.toMillis());
        }
        schedule(pause);
    }

    private void schedule(Duration after) {
        if (after.isZero()) {
            getContext().getSelf().tell(Message.Timer.BATCH);
        } else {
            timers.startSingleTimer(Message.Timer.BATCH, after);
        }
    }
}
