package io.meridian.sources.mesos;

import io.meridian.domain.text.Repeats;
import io.meridian.domain.time.Backoff;
import io.meridian.sources.http.Server;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * When to ask a master what its event stream does not tell. Requests for one question within a
 * delay are one, and none prolongs the delay; a question that fails is asked again with a growing
 * delay. Part of {@link MesosProcessor}: pure but for the effects that it appends; used by one
 * thread.
 */
final class MasterQuestions {
    private static final Backoff RETRY = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    private final Consumer<MesosEffect> effects;
    private final Map<Question, Instant> wanted = new EnumMap<>(Question.class);
    private final Map<Question, Integer> failures = new EnumMap<>(Question.class);
    private final Repeats repeats = new Repeats();

    enum Question {
        /** Which master answers. */
        LEADER("GET_MASTER"),
        /** The pids of schedulers, which the v1 API does not have. */
        SCHEDULERS("/master/state-summary"),
        /** The agents: no event reports the loss of one without tasks. */
        AGENTS("GET_AGENTS");

        private final String call;

        Question(String call) {
            this.call = call;
        }
    }

    MasterQuestions(Consumer<MesosEffect> effects) {
        this.effects = effects;
    }

    /** Ask at {@code at}, or at an earlier time that was requested before. */
    void want(Question question, Instant at) {
        wanted.merge(question, at, (one, other) -> one.isBefore(other) ? one : other);
    }

    /** Asks the questions that are due. */
    void runDue(int epoch, Server master, long heard, Instant now) {
        List<Question> due = new ArrayList<>();
        wanted.forEach(
                (question, at) -> {
                    if (!now.isBefore(at)) {
                        due.add(question);
                    }
                });
        for (Question question : due) {
            wanted.remove(question);
            effects.accept(
                    switch (question) {
                        case LEADER -> new MesosEffect.AskLeader(epoch, master);
                        case SCHEDULERS -> new MesosEffect.AskSchedulers(epoch, master);
                        case AGENTS -> new MesosEffect.AskAgents(epoch, master, heard);
                    });
        }
    }

    void answered(Question question) {
        failures.remove(question);
        repeats.over(question.call);
    }

    void unanswered(Question question, String cause, Server master, Instant now) {
        Duration delay = RETRY.bound(failures.merge(question, 1, Integer::sum));
        want(question, now.plus(delay));
        repeats.line(
                        question.call,
                        "cannot read %s: master=%s: %s; asks again in %d s"
                                .formatted(question.call, master.base(), cause, delay.toSeconds()))
                .map(MesosEffect.Warn::new)
                .ifPresent(effects);
    }

    /** When {@link #runDue} has something to ask; empty if never. */
    Optional<Instant> nextDue() {
        return wanted.values().stream().min(Instant::compareTo);
    }

    /** The connection to the master is lost. */
    void clear() {
        wanted.clear();
        failures.clear();
    }
}
