package io.meridian.actors.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.actors.service.ServiceEntity.Missing;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

class AbsenceTrackerTest {
    private static final Duration CONFIRM = Duration.ofSeconds(15);
    private static final Duration CONTRADICTION = Duration.ofMinutes(5);
    private static final Duration HOLD = Duration.ofMinutes(10);
    private static final ServiceId WEB = new ServiceId("marathon", "/web");
    private static final Instant START = Instant.EPOCH;

    private final AbsenceTracker tracker =
            new AbsenceTracker(new AbsenceRules(CONFIRM, CONTRADICTION, HOLD, 0.5));

    @Test
    void oneListingProvesNothing() {
        lacks(START, "a");

        assertThat(proven(START.plus(Duration.ofHours(1)), 10)).isEmpty();
    }

    @Test
    void afterAGapTwoListingsOverTheConfirmTimeProve() {
        lacks(START, "a");
        lacks(START.plusSeconds(10), "a");
        assertThat(proven(START.plusSeconds(10), 10)).isEmpty();

        lacks(START.plus(CONFIRM), "a");
        assertThat(proven(START.plus(CONFIRM), 10)).containsExactly(new TaskId("a"));
    }

    @Test
    void whatIsProvenIsToldOnce() {
        lacks(START, "a");
        lacks(START.plus(CONFIRM), "a");

        assertThat(proven(START.plus(CONFIRM), 10)).hasSize(1);
        assertThat(proven(START.plus(CONFIRM), 10)).isEmpty();
    }

    @Test
    void aTaskThatIsListedAgainStartsAnew() {
        lacks(START, "a");
        lacks(START.plusSeconds(14));
        lacks(START.plusSeconds(16), "a");

        assertThat(proven(START.plusSeconds(16), 10)).isEmpty();
    }

    @Test
    void anUnbrokenStreamWouldHaveToldSoProofTakesLong() {
        tracker.completeListing();
        lacks(START, "a");
        lacks(START.plus(CONFIRM), "a");
        assertThat(proven(START.plus(CONFIRM), 10)).isEmpty();

        lacks(START.plus(CONTRADICTION), "a");
        assertThat(proven(START.plus(CONTRADICTION), 10)).containsExactly(new TaskId("a"));
    }

    @Test
    void aListingThatLacksMostOfAllTasksIsNotBelievedLightly() {
        lacks(START, "a", "b");
        lacks(START.plus(CONFIRM), "a", "b");
        assertThat(proven(START.plus(CONFIRM), 3)).isEmpty();

        lacks(START.plus(CONTRADICTION), "a", "b");
        assertThat(proven(START.plus(CONTRADICTION), 3)).hasSize(2);
    }

    @Test
    void aLostStreamStartsAllWaitsAnew() {
        lacks(START, "a");
        tracker.detached();
        lacks(START.plus(CONFIRM), "a");

        assertThat(proven(START.plus(CONFIRM), 10)).isEmpty();
    }

    @Test
    void aToldEndIsProvenByOneListing() {
        tracker.completeListing();
        tracker.instanceEnded(WEB, "instance-of-a");
        lacks(START, "a", "b");

        assertThat(proven(START, 2)).containsExactly(new TaskId("a"));
    }

    @Test
    void aToldEndOfTheServiceProvesItsRemoval() {
        tracker.completeListing();
        tracker.serviceEnded(WEB);
        tracker.notListed(WEB, missing("a"), START);

        assertThat(tracker.proven(START, 1).get(WEB))
                .isEqualTo(
                        new AbsenceTracker.Proof(
                                WEB, new java.util.TreeSet<>(List.of(new TaskId("a"))), true));
    }

    @Test
    void aServiceWithoutTasksIsRemovedAfterTheConfirmTime() {
        tracker.notListed(WEB, new TreeMap<>(), START);
        assertThat(tracker.proven(START, 0)).isEmpty();
        tracker.notListed(WEB, new TreeMap<>(), START.plus(CONFIRM));

        assertThat(tracker.proven(START.plus(CONFIRM), 0).get(WEB).removed()).isTrue();
        assertThat(tracker.wantsListing(START.plus(HOLD))).isFalse();
    }

    @Test
    void anUnreachableTaskIsHeldLonger() {
        SortedMap<TaskId, Missing> lost =
                new TreeMap<>(Map.of(new TaskId("a"), new Missing("i", true)));
        tracker.listed(WEB, lost, START);
        tracker.listed(WEB, lost, START.plus(CONTRADICTION));
        assertThat(proven(START.plus(CONTRADICTION), 10)).isEmpty();

        assertThat(proven(START.plus(HOLD), 10)).containsExactly(new TaskId("a"));
    }

    @Test
    void listingsAreWantedSoonAtFirstAndMoreSeldomLater() {
        assertThat(tracker.wantsListing(START)).isFalse();
        lacks(START, "a");
        assertThat(tracker.wantsListing(START.plusSeconds(5))).isTrue();
        lacks(START.plusSeconds(60), "a");
        assertThat(tracker.wantsListing(START.plusSeconds(70))).isFalse();
        assertThat(tracker.wantsListing(START.plusSeconds(80))).isTrue();
    }

    private void lacks(Instant at, String... tasks) {
        tracker.listed(WEB, missing(tasks), at);
    }

    private static SortedMap<TaskId, Missing> missing(String... tasks) {
        SortedMap<TaskId, Missing> missing = new TreeMap<>();
        for (String task : tasks) {
            missing.put(new TaskId(task), new Missing("instance-of-" + task, false));
        }
        return missing;
    }

    private List<TaskId> proven(Instant now, int live) {
        return tracker.proven(now, live).values().stream()
                .flatMap(proof -> proof.tasks().stream())
                .toList();
    }
}
