package io.meridian.actors.ingest;

import static io.meridian.actors.Examples.listed;
import static io.meridian.actors.Examples.seen;
import static io.meridian.actors.Examples.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * No false withdrawal, on the actor with real entities: {@link IngestCoreLawTest} has the same law
 * on the core. {@code -Dlaw.seed} runs one schedule.
 */
class IngestLawTest {
    /**
     * A small number, because {@link IngestCoreLawTest} runs thousands of schedules on the core.
     */
    private static final int SCHEDULES = 5;

    private static final int STEPS = 60;

    private final SortedMap<ServiceId, SortedSet<String>> truth = new TreeMap<>();
    private final List<Observation> said = new ArrayList<>();
    private Optional<Instant> liesSince = Optional.empty();
    private boolean attached;
    private int tasks;

    static LongStream seeds() {
        Long one = Long.getLong("law.seed");
        return one != null ? LongStream.of(one) : LongStream.range(0, SCHEDULES);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void onlyEvidenceEndsATaskAndTruthIsReachedInTheEnd(long seed) {
        Random random = new Random(seed);
        try (IngestFixture fixture = new IngestFixture()) {
            for (int i = 0; i < 4; i++) {
                truth.put(service("/s" + i), new TreeSet<>());
            }
            fixture.start(128, Duration.ofMillis(500));
            List<String> steps = new ArrayList<>();
            for (int i = 0; i < STEPS; i++) {
                steps.add(step(fixture, random));
                fixture.settle();
                truth.forEach(
                        (id, live) ->
                                assertThat(fixture.live(id))
                                        .as("seed %d: %s", seed, steps)
                                        .containsAll(live));
            }
            vanishInSilence(random);
            converge(fixture);
            truth.forEach(
                    (id, live) ->
                            assertThat(fixture.live(id))
                                    .as("seed %d, after %s", seed, steps)
                                    .containsExactlyElementsOf(live));
        }
    }

    private String step(IngestFixture fixture, Random random) {
        if (!attached) {
            if (random.nextInt(3) == 0) {
                fixture.detach(); // another attempt fails
                return "fail";
            }
            fixture.attach();
            attached = true;
            return "attach";
        }
        fixture.pass(Duration.ofMillis(random.nextInt(6000)));
        // False data ends, or the stream does, before the wait after a gap is over.
        boolean enough =
                liesSince.isPresent()
                        && Duration.between(liesSince.get(), fixture.now())
                                        .compareTo(IngestFixture.AFTER_GAP)
                                >= 0;
        ServiceId id = service("/s" + random.nextInt(4));
        return switch (enough ? 9 + random.nextInt(2) : random.nextInt(12)) {
            case 0, 1, 2 -> {
                String task = "t" + tasks++;
                say(fixture, listed(id, truthOf(id)));
                truthOf(id).add(task);
                say(fixture, seen(id, task, TaskPhase.RUNNING));
                yield "start " + task;
            }
            case 3 -> {
                if (truthOf(id).isEmpty()) {
                    yield "-";
                }
                String task = any(truthOf(id), random);
                truthOf(id).remove(task);
                say(fixture, seen(id, task, TaskPhase.GONE));
                yield "end " + task;
            }
            case 4 -> {
                for (int i = 0; i < 3 && !said.isEmpty(); i++) {
                    fixture.observe(said.get(random.nextInt(said.size())));
                }
                yield "repeat";
            }
            case 5, 6 -> {
                lie(fixture);
                fixture.listAll(partial(random));
                yield "partial listing";
            }
            case 7 -> {
                lie(fixture);
                fixture.listAll();
                yield "empty listing";
            }
            case 8 -> {
                lie(fixture);
                fixture.signal(new SourceSignal.NotDefined(id));
                yield "not defined " + id;
            }
            case 9 -> {
                fixture.detach();
                attached = false;
                liesSince = Optional.empty();
                yield "detach";
            }
            case 10 -> {
                listTruth(fixture);
                liesSince = Optional.empty();
                yield "listing";
            }
            default -> {
                fixture.signal(new SourceSignal.ListingFailed("503"));
                yield "listing failed";
            }
        };
    }

    private void say(IngestFixture fixture, Observation observation) {
        if (observation instanceof Observation.TaskSeen) {
            said.add(observation);
        }
        fixture.observe(observation);
    }

    private void lie(IngestFixture fixture) {
        if (liesSince.isEmpty()) {
            liesSince = Optional.of(fixture.now());
        }
    }

    private Observation.Listed[] partial(Random random) {
        return truth.entrySet().stream()
                .filter(_ -> random.nextInt(4) > 0)
                .map(
                        one ->
                                listed(
                                        one.getKey(),
                                        one.getValue().stream()
                                                .filter(_ -> random.nextBoolean())
                                                .toList()))
                .toArray(Observation.Listed[]::new);
    }

    private void listTruth(IngestFixture fixture) {
        fixture.listAll(
                truth.entrySet().stream()
                        .map(one -> listed(one.getKey(), one.getValue()))
                        .toArray(Observation.Listed[]::new));
        fixture.settle();
    }

    private SortedSet<String> truthOf(ServiceId id) {
        return truth.getOrDefault(id, new TreeSet<>());
    }

    private void vanishInSilence(Random random) {
        for (SortedSet<String> live : truth.values()) {
            live.removeIf(_ -> random.nextInt(3) == 0);
        }
    }

    private void converge(IngestFixture fixture) {
        fixture.detach();
        fixture.attach();
        listTruth(fixture);
        fixture.pass(IngestFixture.AFTER_GAP);
        listTruth(fixture);
        fixture.pass(IngestFixture.WHILE_ATTACHED);
        listTruth(fixture);
        fixture.settle();
    }

    private static String any(SortedSet<String> tasks, Random random) {
        return tasks.stream().skip(random.nextInt(tasks.size())).findFirst().orElseThrow();
    }
}
