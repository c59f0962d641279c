package io.meridian.simulator.marathon.fault;

import io.meridian.simulator.http.WireRequest;
import io.meridian.simulator.marathon.EventFrame;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Faults to inject. A fault applies to matching events or answers for a number of times, then it is
 * spent. Faults of one kind apply in the order in which they were added. Any thread.
 */
public final class Faults {
    /** Count of a fault that lasts until {@link #clear}. */
    public static final int ALWAYS = Integer.MAX_VALUE;

    /** The server that owns the event streams. */
    public interface Streams {
        /** Ends every open stream now. */
        void end(Ending ending);

        /** Suppresses heartbeats while {@code silent}. */
        void silence(boolean silent);
    }

    private static final class Rule<T, E> {
        private final T target;
        private final E effect;
        private int left;

        Rule(T target, E effect, int times) {
            if (times < 1) {
                throw new IllegalArgumentException("times must be at least 1: was " + times);
            }
            this.target = target;
            this.effect = effect;
            this.left = times;
        }

        void spend() {
            left = left == ALWAYS ? ALWAYS : left - 1;
        }

        @Override
        public String toString() {
            return target + " " + effect + (left == ALWAYS ? " always" : " " + left + " times");
        }
    }

    private final Random random;
    private final List<Rule<String, EventEffect>> events = new ArrayList<>();
    private final List<Rule<AnswerTarget, AnswerEffect>> answers = new ArrayList<>();
    private final List<EventFrame> held = new ArrayList<>();
    private Streams streams =
            new Streams() {
                @Override
                public void end(Ending ending) {}

                @Override
                public void silence(boolean silent) {}
            };
    private boolean silent;
    private long requests;

    public Faults(Random random) {
        this.random = random;
    }

    /** Sets the owner of the event streams. The server calls it once. */
    public synchronized void attach(Streams owner) {
        streams = owner;
    }

    /**
     * Applies an effect to the next events of a type.
     *
     * @param type an event name, or "" for every event
     * @param times number of events, 1 or more, or {@link #ALWAYS}
     */
    public synchronized Faults onEvents(String type, int times, EventEffect effect) {
        events.add(new Rule<>(type, effect, times));
        return this;
    }

    /** Applies an effect to the next events of all types. */
    public Faults onEvents(int times, EventEffect effect) {
        return onEvents("", times, effect);
    }

    /**
     * Applies an effect to the next answers.
     *
     * @param times number of answers, 1 or more, or {@link #ALWAYS}
     */
    public synchronized Faults onAnswers(AnswerTarget target, int times, AnswerEffect effect) {
        answers.add(new Rule<>(target, effect, times));
        return this;
    }

    /** Ends every stream now. */
    public void endStreams(Ending ending) {
        owner().end(ending);
    }

    /** Suppresses events and heartbeats while on; streams stay open. */
    public void silence(boolean on) {
        synchronized (this) {
            silent = on;
        }
        owner().silence(on);
    }

    public synchronized boolean isSilent() {
        return silent;
    }

    /** Clears all faults; events that were held for reordering are lost, as in a broken stream. */
    public void clear() {
        synchronized (this) {
            events.clear();
            answers.clear();
            held.clear();
        }
        silence(false);
    }

    /** Descriptions of the pending faults, one line each. */
    public synchronized List<String> pending() {
        List<String> lines = new ArrayList<>();
        events.forEach(rule -> lines.add("events " + rule));
        answers.forEach(rule -> lines.add("answers " + rule));
        if (silent) {
            lines.add("silence");
        }
        return lines;
    }

    /** Applies the faults to one event. */
    public synchronized List<Emission> pass(EventFrame frame) {
        if (silent) {
            return List.of();
        }
        for (Rule<String, EventEffect> rule : List.copyOf(events)) {
            if (!rule.target.isEmpty() && !rule.target.equals(frame.type())) {
                continue;
            }
            rule.spend();
            if (rule.left == 0) {
                events.remove(rule);
            }
            return emissions(frame, rule.effect, rule.left == 0);
        }
        return List.of(Emission.plain(frame));
    }

    private List<Emission> emissions(EventFrame frame, EventEffect effect, boolean last) {
        return switch (effect) {
            case EventEffect.Drop drop -> List.of();
            case EventEffect.Delay delay -> List.of(new Emission(frame, delay.by(), Ending.GO_ON));
            case EventEffect.Duplicate duplicate ->
                    List.of(Emission.plain(frame), Emission.plain(frame));
            case EventEffect.CutInside cut -> {
                int length = (int) (frame.bytes().length * cut.share());
                EventFrame part =
                        new EventFrame(frame.type(), Arrays.copyOf(frame.bytes(), length));
                yield List.of(new Emission(part, java.time.Duration.ZERO, cut.ending()));
            }
            case EventEffect.Reorder reorder -> {
                held.add(frame);
                if (held.size() < reorder.group() && !last) {
                    yield List.of();
                }
                List<Emission> released = held.reversed().stream().map(Emission::plain).toList();
                held.clear();
                yield released;
            }
        };
    }

    /** Takes the faults of the answer to this request; each counts as applied once. */
    public synchronized AnswerPlan plan(WireRequest request) {
        requests++;
        List<AnswerEffect> effects = new ArrayList<>();
        for (Rule<AnswerTarget, AnswerEffect> rule : List.copyOf(answers)) {
            boolean taken =
                    effects.stream().anyMatch(effect -> effect.part() == rule.effect.part());
            if (taken || !rule.target.matches(request.method(), request.path())) {
                continue;
            }
            effects.add(rule.effect);
            rule.spend();
            if (rule.left == 0) {
                answers.remove(rule);
            }
        }
        return new AnswerPlan(effects, random);
    }

    /** Number of requests since the start: answered, refused or hung up. */
    public synchronized long requests() {
        return requests;
    }

    private synchronized Streams owner() {
        return streams;
    }
}
