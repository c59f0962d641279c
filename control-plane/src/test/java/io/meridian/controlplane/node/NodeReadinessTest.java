package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.actors.ingest.IngestStatus;
import io.meridian.projections.ProjectionBacklog;
import io.meridian.sources.mesos.MesosCounters;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class NodeReadinessTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final DatabaseProbe.Result ANSWERS =
            new DatabaseProbe.Result(Optional.empty(), 0.001);

    private double lagSeconds;
    private List<String> imageFaults = List.of();
    private DatabaseProbe.Result database = ANSWERS;
    private Optional<ProjectionBacklog> backlog = Optional.empty();
    private Duration oldestClaim = Duration.ZERO;
    private List<String> refused = List.of();
    private Optional<IngestStatus> marathon = Optional.of(attached(true, Duration.ZERO));

    @Test
    void aNodeWhoseTablesAreMissingIsNotReadyAndSaysWhy() {
        NodeReadiness fresh =
                new NodeReadiness(
                        false,
                        new NodeReadiness.Tables(-1, -1, 0),
                        Optional.of(
                                new NodeReadiness.Master(
                                        Optional.of("the database is not reached yet"),
                                        ANSWERS,
                                        Optional.empty(),
                                        List.of())),
                        List.of(),
                        new MesosCounters().snapshot(),
                        NOW);

        assertThat(fresh.report().reasons())
                .containsExactly(
                        "no complete image is served yet: the database is not reached yet");
    }

    @Test
    void aNodeAtRestHasNoCondition() {
        assertThat(conditions()).isEmpty();
    }

    @Test
    void tablesBehindTheJournalAreAConditionAfter30Seconds() {
        backlog = Optional.of(new ProjectionBacklog(Duration.ofSeconds(30), 0, List.of()));
        assertThat(conditions()).isEmpty();

        backlog = Optional.of(new ProjectionBacklog(Duration.ofSeconds(31), 0, List.of()));
        assertThat(conditions())
                .hasEntrySatisfying(
                        "projection", why -> assertThat(why).contains("31 s behind the journal"));
        assertThat(report().report().details()).containsEntry("projection_lag_seconds", 31.0);
    }

    @Test
    void eventsSetAsideAreACondition() {
        backlog =
                Optional.of(
                        new ProjectionBacklog(Duration.ZERO, 1, List.of("service|a event 1: why")));
        assertThat(conditions())
                .hasEntrySatisfying(
                        "set-aside", why -> assertThat(why).contains("service|a event 1: why"));
        assertThat(report().report().details()).containsEntry("projection_set_aside_events", 1L);
    }

    @Test
    void staleTablesAreAConditionAfter30Seconds() {
        lagSeconds = 30;
        assertThat(conditions()).isEmpty();

        lagSeconds = 31.2;
        assertThat(conditions())
                .containsOnly(
                        Map.entry(
                                "tables", "this node's tables may have been out of date for 31 s"));
    }

    @Test
    void anUnwrittenImageIsACondition() {
        imageFaults = List.of("cannot write image zone.image: no space left");

        assertThat(conditions())
                .containsOnly(Map.entry("image", "cannot write image zone.image: no space left"));
    }

    @Test
    void aSilentDatabaseIsAConditionAfterAShortOutage() {
        database = outage(Duration.ofSeconds(5));
        assertThat(conditions()).isEmpty();

        database = outage(Duration.ofSeconds(6));
        assertThat(conditions()).containsOnly(Map.entry("database", "the database is away"));
    }

    private static DatabaseProbe.Result outage(Duration age) {
        return new DatabaseProbe.Result(
                Optional.of(new DatabaseProbe.Outage("the database is away", NOW.minus(age))), 0);
    }

    @Test
    void aMissingIngestLeaderIsACondition() {
        marathon = Optional.empty();

        assertThat(conditions()).containsOnlyKeys("ingest");
        assertThat(report().report().details()).containsEntry("ingest_leader", false);
    }

    @Test
    void aDetachedSourceIsAConditionAfter30Seconds() {
        marathon = Optional.of(attached(false, Duration.ofSeconds(30)));
        assertThat(conditions()).isEmpty();

        marathon = Optional.of(attached(false, Duration.ofSeconds(31)));
        assertThat(conditions().get("source")).contains("Marathon has been detached since");
    }

    @Test
    void anOldClaimIsAConditionAfter30Seconds() {
        oldestClaim = Duration.ofSeconds(30);
        marathon = Optional.of(attached(true, Duration.ZERO));
        assertThat(conditions()).isEmpty();

        oldestClaim = Duration.ofSeconds(31);
        marathon = Optional.of(attached(true, Duration.ZERO));
        assertThat(conditions())
                .containsOnly(
                        Map.entry(
                                "claims", "a change of Marathon has not been journalled for 31 s"));
    }

    @Test
    void anObservationThatTheJournalCannotHoldIsACondition() {
        refused = List.of("marathon:/a: text with NUL");
        marathon = Optional.of(attached(true, Duration.ZERO));

        assertThat(conditions().get("refused")).contains("marathon:/a: text with NUL");
    }

    private Map<String, String> conditions() {
        return report().report().conditions();
    }

    private NodeReadiness report() {
        return new NodeReadiness(
                true,
                new NodeReadiness.Tables(7, 3, lagSeconds),
                Optional.of(
                        new NodeReadiness.Master(
                                Optional.empty(),
                                database,
                                backlog,
                                List.of(new Sources.State("Marathon", marathon)))),
                imageFaults,
                new MesosCounters().snapshot(),
                NOW);
    }

    private IngestStatus attached(boolean attached, Duration age) {
        return new IngestStatus(
                "marathon",
                attached,
                "connection refused",
                NOW.minus(age),
                Optional.empty(),
                1,
                2,
                0,
                0,
                0,
                List.of(),
                List.of(),
                List.of(),
                oldestClaim,
                List.of(),
                refused,
                Optional.empty());
    }
}
