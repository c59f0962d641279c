package io.meridian.controlplane.node;

import io.meridian.actors.ingest.IngestStatus;
import io.meridian.domain.time.Backoff;
import io.meridian.projections.Completeness;
import io.meridian.projections.ServiceQueries;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Waits until the tables include the first complete listing of every source. With one source's
 * services alone a zone would answer NXDOMAIN for existing names. One thread uses it.
 */
final class FirstListings {
    private static final Logger LOG = LoggerFactory.getLogger(FirstListings.class);
    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final Backoff RETRY = new Backoff(SHORTEST, Duration.ofSeconds(5));

    /** An ingest that journals a first listing may take that long to answer. */
    private static final Duration LISTING_ASK = Duration.ofSeconds(5);

    private final Completeness completeness;
    private final ServiceQueries queries;
    private final Sources sources;
    private final Consumer<String> stage;

    /** An entity whose last events the tables lacked at the last check. */
    private Optional<String> behind = Optional.empty();

    /**
     * @param stage receives the condition that is waited for, on each check
     */
    FirstListings(
            Completeness completeness,
            ServiceQueries queries,
            Sources sources,
            Consumer<String> stage) {
        this.completeness = completeness;
        this.queries = queries;
        this.sources = sources;
        this.stage = stage;
    }

    /** Blocks until the tables are declared complete, now or before. */
    void awaitTables() throws InterruptedException {
        int failures = 0;
        while (true) {
            Duration pause = SHORTEST;
            try {
                if (completeness.isComplete().toCompletableFuture().get()) {
                    return;
                }
                Optional<List<SortedMap<String, Long>>> awaited = firstListings();
                if (awaited.isPresent()) {
                    long began = System.nanoTime();
                    if (includes(awaited.get())) {
                        completeness.declare().toCompletableFuture().get();
                        LOG.info("tables are complete; the feed serves them");
                        return;
                    }
                    pause = afterReading(Duration.ofNanos(System.nanoTime() - began));
                }
                failures = 0;
            } catch (ExecutionException away) {
                stage.accept("cannot read the tables: " + away.getCause().getMessage());
                pause = RETRY.bound(++failures);
            }
            Thread.sleep(pause);
        }
    }

    /**
     * The pause after a read of the tables: reading thousands of services takes database time from
     * the projections.
     */
    private static Duration afterReading(Duration took) {
        Duration pause = took.multipliedBy(5);
        if (pause.compareTo(SHORTEST) < 0) {
            return SHORTEST;
        }
        return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    }

    /** The sequence numbers of every source's first listing; empty until all sources have one. */
    private Optional<List<SortedMap<String, Long>>> firstListings()
            throws InterruptedException, ExecutionException {
        List<SortedMap<String, Long>> awaited = new ArrayList<>();
        for (Sources.State source : sources.states(LISTING_ASK).toCompletableFuture().get()) {
            Optional<IngestStatus> status = source.status();
            Optional<SortedMap<String, Long>> first = status.flatMap(IngestStatus::firstListing);
            stage.accept(
                    status.filter(IngestStatus::attached).isPresent() || first.isPresent()
                            ? "the first complete listing of "
                                    + source.name()
                                    + " is not in the tables yet"
                            : source.name()
                                    + " has not been attached yet: "
                                    + status.map(IngestStatus::detail)
                                            .orElse("the ingest does not answer"));
            if (first.isEmpty()) {
                return Optional.empty();
            }
            awaited.add(first.get());
        }
        return Optional.of(awaited);
    }

    /**
     * Asks first about the entity that was behind at the last check, because it is most often still
     * behind.
     */
    private boolean includes(List<SortedMap<String, Long>> awaited)
            throws InterruptedException, ExecutionException {
        for (SortedMap<String, Long> numbers : awaited) {
            Long last = behind.map(numbers::get).orElse(null);
            if (last != null
                    && !queries.applied(Map.of(behind.get(), last)).toCompletableFuture().get()) {
                return false;
            }
        }
        for (SortedMap<String, Long> numbers : awaited) {
            behind = queries.behind(numbers).toCompletableFuture().get();
            if (behind.isPresent()) {
                return false;
            }
        }
        return true;
    }
}
