package io.meridian.actors.journal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

class RequestBatcherLawTest {
    private static final int BAD = 7;

    /** Batches that the test completes. The answer to a question is its double. */
    private static final class Exchanges {
        private final List<List<Integer>> begun = new ArrayList<>();
        private final List<Runnable> open = new ArrayList<>();

        CompletionStage<List<Integer>> begin(List<Integer> questions) {
            CompletableFuture<List<Integer>> answers = new CompletableFuture<>();
            begun.add(questions);
            open.add(
                    () -> {
                        if (questions.stream().anyMatch(one -> one % 10 == BAD)) {
                            answers.completeExceptionally(new IllegalArgumentException("bad"));
                        } else {
                            answers.complete(questions.stream().map(one -> 2 * one).toList());
                        }
                    });
            return answers;
        }
    }

    @Property
    void eachQuestionGetsItsAnswerAndOnlyBadOnesFail(
            @ForAll Random random,
            @ForAll @IntRange(min = 1, max = 3) int exchanges,
            @ForAll @IntRange(min = 1, max = 8) int most,
            @ForAll @IntRange(max = 60) int count) {
        Exchanges all = new Exchanges();
        RequestBatcher<Integer, Integer> together =
                new RequestBatcher<>(exchanges, most, all::begin, _ -> true);
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(together.ask(i).toCompletableFuture());
            while (!all.open.isEmpty() && random.nextInt(4) == 0) {
                all.open.remove(random.nextInt(all.open.size())).run();
            }
            assertThat(all.open).hasSizeLessThanOrEqualTo(exchanges);
        }
        while (!all.open.isEmpty()) {
            all.open.remove(random.nextInt(all.open.size())).run();
        }
        for (int i = 0; i < count; i++) {
            assertThat(answers.get(i)).isDone();
            assertThat(answers.get(i).isCompletedExceptionally()).isEqualTo(i % 10 == BAD);
            if (i % 10 != BAD) {
                assertThat(answers.get(i).join()).isEqualTo(2 * i);
            }
        }
        assertThat(all.begun).allMatch(one -> one.size() <= most);
    }

    /** Without failures the batcher sends each question once, in order. */
    @Property
    void questionsGoInOrderAndOnce(@ForAll @IntRange(min = 1, max = 5) int most) {
        Exchanges all = new Exchanges();
        RequestBatcher<Integer, Integer> together =
                new RequestBatcher<>(1, most, all::begin, _ -> true);
        List<Integer> asked = List.of(0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11);
        asked.forEach(together::ask);
        while (!all.open.isEmpty()) {
            all.open.removeFirst().run();
        }
        assertThat(all.begun.getFirst()).containsExactly(0);
        assertThat(all.begun.stream().flatMap(List::stream)).isEqualTo(asked);
        assertThat(all.begun).hasSize(1 + (asked.size() - 1 + most - 1) / most);
    }
}
