package io.meridian.sources.mesos;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.sources.http.Server;
import io.meridian.sources.mesos.MasterQuestions.Question;

import org.junit.jupiter.api.Test;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

class MasterQuestionsTest {
    private static final Server MASTER = Server.at(URI.create("http://10.0.0.1:5050"));

    private final List<MesosEffect> effects = new ArrayList<>();
    private final MasterQuestions questions = new MasterQuestions(effects::add);

    /** Case schedulers-asked-late-0.6: framework events each 0.6 s for 20 s. */
    @Test
    void requestsThatKeepComingDoNotPostponeAQuestion() {
        for (int ms = 0; ms < 20_000; ms += 600) {
            Instant now = Instant.ofEpochMilli(ms);
            questions.runDue(1, MASTER, 0, now);
            questions.want(Question.SCHEDULERS, now.plusSeconds(1));
        }
        assertThat(effects).hasSizeBetween(15, 20);
    }

    /** Case summary-fails-once, and longer. */
    @Test
    void aQuestionThatFailsIsAskedAgainWithGrowingDelay() {
        Instant now = Instant.EPOCH;
        questions.want(Question.SCHEDULERS, now);
        for (int seconds : new int[] {1, 2, 4, 8, 16, 30, 30}) {
            effects.clear();
            questions.runDue(1, MASTER, 0, now);
            assertThat(effects).containsExactly(new MesosEffect.AskSchedulers(1, MASTER));
            questions.unanswered(Question.SCHEDULERS, "503", MASTER, now);
            assertThat(questions.nextDue()).hasValue(now.plusSeconds(seconds));
            now = now.plusSeconds(seconds);
        }
        questions.runDue(1, MASTER, 0, now);
        questions.answered(Question.SCHEDULERS);
        assertThat(questions.nextDue()).isEmpty();
        questions.unanswered(Question.SCHEDULERS, "503", MASTER, now);
        assertThat(questions.nextDue()).as("from the start").hasValue(now.plusSeconds(1));
    }

    @Test
    void afterALostConnectionNothingIsAsked() {
        for (Question question : Question.values()) {
            questions.want(question, Instant.EPOCH);
        }
        questions.clear();
        questions.runDue(2, MASTER, 0, Instant.EPOCH.plus(Duration.ofHours(1)));
        assertThat(effects).isEmpty();
    }
}
