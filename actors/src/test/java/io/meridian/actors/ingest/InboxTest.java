package io.meridian.actors.ingest;

import static io.meridian.actors.Examples.V1;
import static io.meridian.actors.Examples.listed;
import static io.meridian.actors.Examples.mesosTask;
import static io.meridian.actors.Examples.seen;
import static io.meridian.actors.Examples.service;
import static io.meridian.actors.Examples.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.Health;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

class InboxTest {
    private static final ServiceId WEB = service("/web");
    private static final Observation RUNNING = seen(WEB, "a", TaskPhase.RUNNING);
    private static final Observation GONE = seen(WEB, "a", TaskPhase.GONE);
    private static final Observation UNREACHABLE =
            new Observation.TaskSeen(
                    WEB,
                    task("a", V1, TaskPhase.RUNNING, true, Health.UNKNOWN),
                    "TASK_UNREACHABLE");

    private final Inbox inbox = new Inbox();

    @Test
    void aTaskThatIsUnreachableAfterItRanKeepsTheAddressesOfItsFirstSighting() {
        assertThat(through(RUNNING, UNREACHABLE)).containsExactly(RUNNING, UNREACHABLE);
    }

    @Test
    void aRepeatedObservationIsSentOnceAtItsLastPlace() {
        assertThat(through(RUNNING, UNREACHABLE, RUNNING)).containsExactly(UNREACHABLE, RUNNING);
    }

    @Test
    void anEndReplacesEarlierSightingsAndIsNeverReplaced() {
        assertThat(through(RUNNING, UNREACHABLE, GONE, RUNNING)).containsExactly(GONE);
    }

    @Test
    void aVerdictIsNotReplacedByAnUnknownOne() {
        Observation healthy = new Observation.HealthSeen(WEB, "i-a", Health.HEALTHY);
        Observation unknown = new Observation.HealthSeen(WEB, "i-a", Health.UNKNOWN);

        assertThat(through(healthy, unknown)).containsExactly(healthy);
    }

    @Test
    void anEndThatOnlyAReplacedListingReportsIsKept() {
        Observation.Listed older =
                new Observation.Listed(
                        WEB,
                        listed(WEB).definition(),
                        List.of(task("a", TaskPhase.GONE)),
                        true,
                        false);
        Observation.Listed newer = listed(WEB, "b");

        assertThat(through(older, newer))
                .hasSize(2)
                .contains(newer)
                .anyMatch(
                        one ->
                                one instanceof Observation.TaskSeen end
                                        && end.sighting().phase() == TaskPhase.GONE);
    }

    @Test
    void aFailedObservationIsResentFirstUnlessANewerOneReplacesIt() {
        inbox.add(delivery(listed(WEB, "a")));
        inbox.take();
        inbox.add(delivery(RUNNING));
        inbox.notAcknowledged();
        assertThat(drain()).containsExactly(listed(WEB, "a"), RUNNING);

        inbox.add(delivery(listed(WEB, "a")));
        inbox.take();
        inbox.add(delivery(listed(WEB, "a", "b")));
        inbox.notAcknowledged();
        assertThat(drain()).containsExactly(listed(WEB, "a", "b"));
    }

    @Test
    void aFailedEndByAbsenceIsDroppedAfterASignOfLife() {
        inbox.add(
                delivery(
                        new Observation.Absent(
                                WEB,
                                new TreeSet<>(List.of(new TaskId("a"), new TaskId("b"))),
                                true,
                                "x")));
        inbox.take();
        inbox.add(delivery(listed(WEB, "a")));
        inbox.notAcknowledged();

        assertThat(drain())
                .containsExactlyInAnyOrder(
                        listed(WEB, "a"),
                        new Observation.Absent(
                                WEB, new TreeSet<>(List.of(new TaskId("b"))), false, "x"));
    }

    /** At a first start Mesos reports each task, and then all tasks in one listing. */
    @Test
    void aListingOfMesosReplacesSightingsOfItsTasks() {
        Observation a = mesosSeen("a", TaskPhase.RUNNING);
        Observation elsewhere = mesosSeen("b", TaskPhase.RUNNING);
        Observation ended = mesosSeen("c", TaskPhase.GONE);
        Observation listing =
                new Observation.MesosListed(WEB, List.of(mesosTask("a"), mesosTask("c")), true);
        Observation part = new Observation.MesosListed(WEB, List.of(mesosTask("b")), false);

        assertThat(through(a, elsewhere, ended, listing))
                .containsExactly(elsewhere, ended, listing);
        assertThat(through(listing, a)).containsExactly(listing, a);
        assertThat(through(elsewhere, part)).containsExactly(elsewhere, part);
    }

    @Test
    void anEndThatMesosReportedIsKeptBeforeTheNextLifeOfItsTaskId() {
        Observation running = mesosSeen("a", TaskPhase.RUNNING);
        Observation ended = mesosSeen("a", TaskPhase.GONE);

        assertThat(through(running, ended, running)).containsExactly(ended, running);
        assertThat(through(running, ended, running, ended)).containsExactly(ended);
    }

    private static Observation mesosSeen(String task, TaskPhase phase) {
        return new Observation.MesosTaskSeen(WEB, mesosTask(task, phase), true, "TASK_" + phase);
    }

    private List<Observation> through(Observation... claims) {
        for (Observation claim : claims) {
            inbox.add(delivery(claim));
        }
        return drain();
    }

    private List<Observation> drain() {
        List<Observation> all = new ArrayList<>();
        for (Optional<Delivery> next = inbox.take(); next.isPresent(); next = inbox.take()) {
            all.add(next.get().observation());
            inbox.acknowledged(new TreeMap<>());
        }
        return all;
    }

    private static Delivery delivery(Observation observation) {
        return new Delivery(observation, 1, V1, V1);
    }
}
