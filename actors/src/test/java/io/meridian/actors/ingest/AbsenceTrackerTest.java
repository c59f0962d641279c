package io.meridian.actors.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.MissingInstance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

class AbsenceTrackerTest {
    private static final Duration CONFIRM = Duration.ofSeconds(15);
    private static final Duration CONTRADICTION = Duration.ofMinutes(5);
    private static final Duration HOLD = Duration.ofMinutes(10);
    private static final ServiceId WEB = new ServiceId("marathon", "/web");
    private static final Instant START = Instant.EPOCH;

    private static final ServiceId OTHER = new ServiceId("marathon", "/other");
    private static final Instant LATER = START.plus(Duration.ofHours(1));

    private final AbsenceTracker tracker =
            new AbsenceTracker(new AbsenceRules(CONFIRM, CONTRADICTION, HOLD, 0.5));

    @Test
    void oneListingProvesNothing() {
        lacks(START, "a");

        assertThat(proven(10)).isEmpty();
    }

    @Test
    void afterAGapTwoListingsOverTheConfirmTimeProve() {
        lacks(START, "a");
        lacks(START.plusSeconds(10), "a");
        assertThat(proven(10)).isEmpty();

        lacks(START.plus(CONFIRM), "a");
        assertThat(proven(10)).containsExactly(new TaskId("a"));
    }

    @Test
    void aProofIsReturnedOnce() {
        lacks(START, "a");
        lacks(START.plus(CONFIRM), "a");

        assertThat(proven(10)).hasSize(1);
        assertThat(proven(10)).isEmpty();
    }

    @Test
    void aListedTaskRestartsItsAbsence() {
        lacks(START, "a");
        lacks(START.plusSeconds(14));
        lacks(START.plusSeconds(16), "a");

        assertThat(proven(10)).isEmpty();
    }

    @Test
    void onAnUnbrokenStreamProofTakesTheLongWait() {
        tracker.listingCompleted();
        lacks(START, "a");
        lacks(START.plus(CONFIRM), "a");
        assertThat(proven(10)).isEmpty();

        lacks(START.plus(CONTRADICTION), "a");
        assertThat(proven(10)).containsExactly(new TaskId("a"));
    }

    @Test
    void aListingThatLacksMostTasksNeedsTheLongWait() {
        lacks(START, "a", "b");
        lacks(START.plus(CONFIRM), "a", "b");
        assertThat(proven(3)).isEmpty();

        lacks(START.plus(CONTRADICTION), "a", "b");
        assertThat(proven(3)).hasSize(2);
    }

    @Test
    void aLostStreamRestartsAllWaits() {
        lacks(START, "a");
        tracker.detached();
        lacks(START.plus(CONFIRM), "a");

        assertThat(proven(10)).isEmpty();
    }

    @Test
    void aReportedEndIsProvenByOneListing() {
        tracker.listingCompleted();
        tracker.instanceEndReported(WEB, "instance-of-a", START);
        lacks(START, "a", "b");

        assertThat(proven(2)).containsExactly(new TaskId("a"));
    }

    @Test
    void aReportedEndOfTheServiceProvesItsRemoval() {
        tracker.listingCompleted();
        tracker.serviceEndReported(WEB, START);
        tracker.notListed(WEB, missing("a"), START, START);

        assertThat(tracker.provenByReport(WEB).get(WEB))
                .isEqualTo(
                        new AbsenceTracker.Proof(
                                WEB, new java.util.TreeSet<>(List.of(new TaskId("a"))), true));
    }

    @Test
    void aServiceWithoutTasksIsRemovedAfterTheConfirmTime() {
        tracker.notListed(WEB, new TreeMap<>(), START, START);
        assertThat(tracker.provenByListing(0)).isEmpty();
        tracker.notListed(WEB, new TreeMap<>(), START.plus(CONFIRM), START.plus(CONFIRM));

        assertThat(tracker.provenByListing(0))
                .hasEntrySatisfying(WEB, proof -> assertThat(proof.removed()).isTrue());
        assertThat(tracker.wantsListing(START.plus(HOLD))).isFalse();
    }

    @Test
    void anUnreachableTaskIsHeldLonger() {
        SortedMap<TaskId, MissingInstance> lost =
                new TreeMap<>(Map.of(new TaskId("a"), new MissingInstance("i", true, false)));
        tracker.listed(WEB, lost, Set.of(), START, START);
        tracker.listed(WEB, lost, Set.of(), START.plus(CONTRADICTION), START.plus(CONTRADICTION));
        assertThat(proven(10)).isEmpty();

        tracker.listed(WEB, lost, Set.of(), START.plus(HOLD), START.plus(HOLD));
        assertThat(proven(10)).containsExactly(new TaskId("a"));
    }

    @Test
    void timeThatPassesAfterTheLastListingProvesNothing() {
        lacks(START, "a");
        lacks(START.plusSeconds(1), "a");
        tracker.listed(OTHER, new TreeMap<>(), Set.of(), LATER, LATER);

        assertThat(proven(10)).isEmpty();
    }

    @Test
    void timeThatAListingTookProvesNothing() {
        lacks(START, "a");
        tracker.listed(WEB, missing("a"), Set.of(), START.plusSeconds(1), LATER);

        assertThat(proven(10)).isEmpty();
    }

    @Test
    void absencesOfAllServicesCountTogetherAsMassRemoval() {
        for (Instant at : List.of(START, START.plus(CONFIRM))) {
            for (int i = 0; i < 10; i++) {
                tracker.listed(
                        new ServiceId("marathon", "/s" + i), missing("t" + i), Set.of(), at, at);
            }
            if (at.equals(START)) {
                tracker.listingCompleted();
            }
        }

        assertThat(proven(12)).isEmpty();
        assertThat(proven(30)).hasSize(10);
    }

    @Test
    void aSignOfLifeIsABreak() {
        lacks(START, "a", "b", "c");
        tracker.taskSeen(WEB, new TaskId("a"), "instance-of-a", true);
        tracker.instanceSeen(WEB, "instance-of-b");
        lacks(START.plus(CONFIRM), "a", "b", "c");

        assertThat(proven(10)).containsExactly(new TaskId("c"));
    }

    @Test
    void aTaskThatIsStoppingIsProvenEndedByOneListing() {
        tracker.listingCompleted();
        tracker.listed(
                WEB,
                new TreeMap<>(Map.of(new TaskId("a"), new MissingInstance("i", false, true))),
                Set.of(),
                START,
                START);

        assertThat(tracker.provenByReport(WEB))
                .hasEntrySatisfying(
                        WEB, proof -> assertThat(proof.tasks()).containsExactly(new TaskId("a")));
    }

    @Test
    void absenceFromAnOvertakenListingProvesNothing() {
        tracker.instanceEndReported(WEB, "instance-of-a", START);
        tracker.listedPartially(WEB, missing("a"));

        assertThat(tracker.provenByReport(WEB)).isEmpty();
        assertThat(tracker.missingTasks()).isZero();
    }

    @Test
    void aReportedEndIsForgottenOnceTheInstanceHasANewTask() {
        tracker.listingCompleted();
        tracker.instanceEndReported(WEB, "instance-of-a", START);
        tracker.taskSeen(WEB, new TaskId("a"), "instance-of-a", true);
        lacks(START, "a");

        assertThat(tracker.provenByReport(WEB)).isEmpty();
    }

    @Test
    void aListingRequestedBeforeAReportedEndDoesNotRefuteIt() {
        tracker.listingCompleted();
        tracker.instanceEndReported(WEB, "instance-of-a", START.plusSeconds(1));
        lacks(START);
        lacks(START.plusSeconds(2), "a");

        assertThat(tracker.provenByReport(WEB))
                .hasEntrySatisfying(
                        WEB, proof -> assertThat(proof.tasks()).containsExactly(new TaskId("a")));
    }

    @Test
    void aServiceDefinedAgainIsNotRemovedByAnOldReport() {
        tracker.listingCompleted();
        tracker.serviceEndReported(WEB, START);
        tracker.defined(WEB);
        tracker.notListed(WEB, missing("a"), START, START);

        assertThat(tracker.provenByReport(WEB)).isEmpty();
    }

    @Test
    void listingIntervalsGrowWithTheAbsence() {
        assertThat(tracker.wantsListing(START)).isFalse();
        lacks(START, "a");
        assertThat(tracker.wantsListing(START.plusSeconds(5))).isTrue();
        lacks(START.plusSeconds(60), "a");
        assertThat(tracker.wantsListing(START.plusSeconds(70))).isFalse();
        assertThat(tracker.wantsListing(START.plusSeconds(80))).isTrue();
    }

    private void lacks(Instant at, String... tasks) {
        tracker.listed(WEB, missing(tasks), Set.of(), at, at);
    }

    private static SortedMap<TaskId, MissingInstance> missing(String... tasks) {
        SortedMap<TaskId, MissingInstance> missing = new TreeMap<>();
        for (String task : tasks) {
            missing.put(new TaskId(task), new MissingInstance("instance-of-" + task, false, false));
        }
        return missing;
    }

    private List<TaskId> proven(int live) {
        return tracker.provenByListing(live).values().stream()
                .flatMap(proof -> proof.tasks().stream())
                .toList();
    }
}
