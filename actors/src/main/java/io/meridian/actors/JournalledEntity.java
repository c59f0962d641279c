package io.meridian.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.PreRestart;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.EventRejectedException;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryFailed;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.SignalHandler;

import io.meridian.actors.journal.UnreadableEvent;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * An event-sourced entity that answers each command whose events it persists: with the command's
 * own reply once they are journalled, otherwise with {@link NotJournalled}. After a failure of the
 * journal the entity restarts with backoff and keeps the commands that wait; after a refusal it
 * stops, and the next command starts it again.
 */
public abstract class JournalledEntity<C, E, S> extends EventSourcedBehavior<C, E, S> {
    private static final Logger LOG = LoggerFactory.getLogger(JournalledEntity.class);

    /**
     * Longest pause of an entity before it reads its events again. A change that waits for a
     * database that is back costs at most this time; {@code BatchedJournal} reads for hundreds of
     * entities in one statement.
     */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final PersistenceId id;

    /** Receives the reply to the command whose events are being persisted; null without any. */
    private @Nullable ActorRef<Reply> waiting;

    private int unreadable;

    /** A reply to a command. */
    public interface Reply extends RemoteMessage {}

    /**
     * The events of a command are not journalled, or the journal did not answer in time; the state
     * is as it was.
     *
     * @param permanent whether the journal refuses these events whenever they are sent; the sender
     *     gives the command up
     */
    public record NotJournalled(String cause, boolean permanent) implements Reply {}

    protected JournalledEntity(PersistenceId id) {
        super(
                id,
                // The journal logs the failure once, not each entity with a stack trace.
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), LONGEST_PAUSE, 0.2)
                        .withLogLevel(Level.DEBUG));
        this.id = id;
    }

    /** Persists events; the reply follows once they are journalled, at once if there are none. */
    protected final Effect<E, S> persist(
            List<E> events, ActorRef<Reply> replyTo, Function<S, Reply> reply) {
        waiting = replyTo;
        return Effect()
                .persist(events)
                .thenRun(
                        (S now) -> {
                            waiting = null;
                            replyTo.tell(reply.apply(now));
                        });
    }

    /** This entity, with an answer to commands whose events the journal refuses. */
    protected final Behavior<C> answeringRefusals() {
        BehaviorInterceptor<Object, Object> refusals =
                new BehaviorInterceptor<>(Object.class) {
                    @Override
                    public Behavior<Object> aroundReceive(
                            TypedActorContext<Object> context,
                            Object message,
                            ReceiveTarget<Object> target) {
                        try {
                            return target.apply(context, message);
                        } catch (EventRejectedException refused) {
                            Throwable cause = refused.getCause();
                            answer(String.valueOf(cause == null ? refused : cause), true);
                            return Behaviors.stopped();
                        }
                    }
                };
        return Behaviors.intercept(() -> refusals, this.<Object>unsafeCast()).unsafeCast();
    }

    @Override
    public final SignalHandler<S> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(
                        PreRestart.instance(),
                        _ -> answer("the journal has failed, as its log line says", false))
                .onSignal(RecoveryFailed.class, (_, failed) -> onRecoveryFailed(failed))
                .build();
    }

    private void answer(String cause, boolean permanent) {
        if (waiting != null) {
            waiting.tell(new NotJournalled(cause, permanent));
            waiting = null;
        }
    }

    /** Logs the 1st, 2nd, 4th, 8th... failure to read an event of this entity. */
    private void onRecoveryFailed(RecoveryFailed failed) {
        for (Throwable cause = failed.getFailure(); cause != null; cause = cause.getCause()) {
            if (cause instanceof UnreadableEvent && Integer.bitCount(++unreadable) == 1) {
                LOG.error(
                        "cannot start entity: id={} attempt={}: {}; its state stays as the tables"
                                + " have it, the entity tries again",
                        id.id(),
                        unreadable,
                        cause.getMessage());
                return;
            }
        }
    }
}
