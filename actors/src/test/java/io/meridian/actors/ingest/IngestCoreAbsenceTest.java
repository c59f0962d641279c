package io.meridian.actors.ingest;

import static io.meridian.actors.Examples.V1;
import static io.meridian.actors.Examples.definition;
import static io.meridian.actors.Examples.listed;
import static io.meridian.actors.Examples.seen;
import static io.meridian.actors.Examples.service;
import static io.meridian.actors.ingest.CoreWorld.AFTER_GAP;
import static io.meridian.actors.ingest.CoreWorld.WHILE_ATTACHED;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The evidence that ends tasks and services that listings lack. */
class IngestCoreAbsenceTest {
    private static final ServiceId WEB = service("/web");
    private static final ServiceId DB = service("/db");

    private final CoreWorld world = new CoreWorld();

    @BeforeEach
    void start() {
        world.attach();
        list(listed(WEB, "a", "b", "c"), listed(DB, "d", "e"));
        world.pass(Duration.ofMinutes(1));
    }

    @Test
    void oneListingNeverEndsATask() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        world.pass(Duration.ofHours(1));
        world.observe(listed(DB, "d", "e", "f"));
        world.settle();

        assertThat(world.live(WEB)).containsExactly("a", "b", "c");
        assertThat(world.status().absences()).isEqualTo(1);
    }

    @Test
    void twoListingsAfterAGapOverTheConfirmTimeEndATask() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        world.pass(AFTER_GAP);
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));

        assertThat(world.live(WEB)).containsExactly("a", "b");
    }

    @Test
    void onAnUnbrokenStreamAbsenceMustLastLonger() {
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        world.pass(AFTER_GAP);
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        assertThat(world.live(WEB)).containsExactly("a", "b", "c");

        world.pass(WHILE_ATTACHED);
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        assertThat(world.live(WEB)).containsExactly("a", "b");
    }

    @Test
    void aListingThatLacksMostTasksOfAllServicesNeedsTheLongWait() {
        gap();
        list();
        world.pass(AFTER_GAP);
        list();
        assertThat(world.live(WEB)).hasSize(3);
        assertThat(world.live(DB)).hasSize(2);

        world.pass(WHILE_ATTACHED);
        list();
        assertThat(world.state(WEB).exists()).isFalse();
        assertThat(world.state(DB).exists()).isFalse();
    }

    @Test
    void aListingOfServicesWithoutTasksNeedsTheLongWait() {
        gap();
        list(listed(WEB), listed(DB));
        world.pass(AFTER_GAP);
        list(listed(WEB), listed(DB));

        assertThat(world.live(WEB)).hasSize(3);
        assertThat(world.live(DB)).hasSize(2);
    }

    @Test
    void slowEntitiesDoNotStretchTheTimeBetweenListings() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        world.pass(Duration.ofSeconds(1));
        world.shut.add(WEB);
        world.listAll(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        assertThat(world.sent(WEB)).hasSize(3);
        world.pass(AFTER_GAP);
        world.recover();
        world.observe(listed(DB, "d", "e", "f"));
        world.settle();

        assertThat(world.live(WEB)).containsExactly("a", "b", "c");
    }

    @Test
    void aSignOfLifeBetweenTwoListingsIsABreak() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        world.pass(Duration.ofSeconds(5));
        world.observe(seen(WEB, "c", TaskPhase.RUNNING));
        world.settle();
        world.pass(Duration.ofSeconds(10));
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));

        assertThat(world.live(WEB)).containsExactly("a", "b", "c");
    }

    @Test
    void aDetachRestartsTheWait() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        world.pass(AFTER_GAP);
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));

        assertThat(world.live(WEB)).containsExactly("a", "b", "c");
    }

    @Test
    void aListingBeforeADetachProvesNothingAfterIt() {
        gap();
        world.listAll(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        gap();
        world.settle();

        assertThat(world.status().absences()).isZero();
    }

    @Test
    void aReportedEndOfAnInstanceIsProvenByOneListing() {
        world.signal(new SourceSignal.EndHinted(WEB, Optional.of("i-c"), "Killed"));
        assertThat(world.asked).contains(new SourceCommand.Reread(WEB));
        world.observe(listed(WEB, "a", "b"));
        world.settle();

        assertThat(world.live(WEB)).containsExactly("a", "b");
    }

    @Test
    void aStoppingTaskThatAListingLacksHasEnded() {
        world.observe(seen(WEB, "c", TaskPhase.KILLING));
        world.observe(listed(WEB, "a", "b"));
        world.settle();

        assertThat(world.live(WEB)).containsExactly("a", "b");
    }

    @Test
    void aServiceReportedEndedAndNotDefinedIsRemoved() {
        world.signal(new SourceSignal.EndHinted(WEB, Optional.empty(), "app terminated"));
        world.signal(new SourceSignal.NotDefined(WEB));
        world.settle();

        assertThat(world.state(WEB).exists()).isFalse();
        assertThat(world.live(DB)).hasSize(2);
    }

    @Test
    void oneNotDefinedResponseEndsNothing() {
        world.signal(new SourceSignal.NotDefined(WEB));
        world.settle();
        world.pass(Duration.ofHours(1));
        world.observe(listed(DB, "d"));
        world.settle();

        assertThat(world.live(WEB)).hasSize(3);
    }

    @Test
    void aServiceDefinedAgainAtOnceKeepsItsNewTasks() {
        world.signal(new SourceSignal.EndHinted(WEB, Optional.empty(), "app terminated"));
        world.observe(new Observation.Defined(WEB, definition(V1.plusSeconds(1))));
        world.observe(
                new Observation.TaskSeen(
                        WEB,
                        io.meridian.actors.Examples.task("new", TaskPhase.RUNNING),
                        "TASK_RUNNING"));
        world.signal(new SourceSignal.NotDefined(WEB));
        world.settle();

        assertThat(world.live(WEB)).contains("new");
        world.takeAsked();
        world.checkAbsences();
        assertThat(world.asked).contains(new SourceCommand.Reread(WEB));
    }

    @Test
    void aServiceCreatedDuringAListingIsNotMissing() {
        Instant asked = world.now();
        ServiceId fresh = service("/fresh");
        world.pass(Duration.ofSeconds(1));
        world.observe(listed(fresh, "f"));
        world.signal(
                new SourceSignal.ListedAll(
                        List.of(listed(WEB, "a", "b", "c"), listed(DB, "d", "e")), asked));
        world.settle();

        assertThat(world.status().absences()).isZero();
        assertThat(world.live(fresh)).containsExactly("f");
    }

    @Test
    void aListingIsRequestedWhileItMightProveAnAbsence() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));

        world.pass(Duration.ofSeconds(5));
        world.checkAbsences();
        assertThat(world.asked).contains(new SourceCommand.ListAll());
    }

    @Test
    void aMissingServiceIsReadAloneAndKeptIfDefined() {
        gap();
        list(listed(WEB, "a", "b", "c"));
        assertThat(world.asked).contains(new SourceCommand.Reread(DB));
        world.observe(listed(DB, "d", "e"));
        world.settle();
        world.pass(AFTER_GAP);
        list(listed(WEB, "a", "b", "c"));

        assertThat(world.live(DB)).containsExactly("d", "e");
    }

    @Test
    void anUnsentEndByAbsenceIsDroppedAfterASignOfLife() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        world.pass(AFTER_GAP);
        Inbox inbox = new Inbox();
        inbox.add(
                delivery(
                        new Observation.Absent(
                                WEB,
                                new java.util.TreeSet<>(
                                        List.of(new io.meridian.domain.service.TaskId("c"))),
                                true,
                                "x")));
        inbox.add(delivery(seen(WEB, "c", TaskPhase.RUNNING)));

        assertThat(inbox.take().orElseThrow().observation())
                .isEqualTo(seen(WEB, "c", TaskPhase.RUNNING));
        assertThat(inbox.take()).isEmpty();
        assertThat(inbox.size()).isZero();
    }

    @Test
    void aServiceThatTheJournalKnowsAndListingsLackIsEnded() {
        CoreWorld fresh = new CoreWorld();
        fresh.journal(listed(DB, "d", "e"));
        fresh.known(WEB, DB);
        fresh.attach();
        fresh.listAll(listed(WEB, "a", "b", "c"));
        fresh.settle();
        fresh.pass(AFTER_GAP);
        fresh.listAll(listed(WEB, "a", "b", "c"));
        fresh.settle();

        assertThat(fresh.state(DB).exists()).isFalse();
        fresh.listAll(listed(WEB, "a", "b", "c"));
        fresh.settle();
        assertThat(fresh.status().services()).isEqualTo(1);
    }

    @Test
    void aListingThatItsEntityNeverSeesIsABreakToo() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        world.shut.add(WEB);
        world.pass(Duration.ofSeconds(5));
        world.listAll(listed(WEB, "a", "b", "c"), listed(DB, "d", "e"));
        world.pass(Duration.ofSeconds(10));
        world.listAll(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        world.recover();

        assertThat(world.live(WEB)).containsExactly("a", "b", "c");
    }

    @Test
    void aSignOfLifeAfterAListingWasSentRefutesTheListing() {
        gap();
        world.shut.add(WEB);
        world.listAll(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        world.pass(Duration.ofSeconds(5));
        world.observe(seen(WEB, "c", TaskPhase.RUNNING));
        world.recover();
        world.pass(Duration.ofSeconds(10));
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));

        assertThat(world.live(WEB)).containsExactly("a", "b", "c");
    }

    @Test
    void aListingWithAnEntryThatMayBeAnyServiceProvesNoServicesAbsence() {
        gap();
        for (int i = 0; i < 3; i++) {
            listWith(true, listed(WEB, "a", "b", "c"));
            world.pass(WHILE_ATTACHED);
        }
        assertThat(world.live(DB)).containsExactly("d", "e");
        assertThat(world.status().absences()).isZero();
        assertThat(world.status().exceptions()).containsExactly("an entry");

        list(listed(WEB, "a", "b", "c"));
        assertThat(world.status().exceptions()).isEmpty();
        world.pass(WHILE_ATTACHED);
        list(listed(WEB, "a", "b", "c"));
        assertThat(world.state(DB).exists()).isFalse();
    }

    @Test
    void aListingWithAnEntryThatIsNoKnownServiceProvesAbsences() {
        gap();
        listWith(false, listed(WEB, "a", "b", "c"));
        world.pass(AFTER_GAP);
        listWith(false, listed(WEB, "a", "b", "c"));

        assertThat(world.state(DB).exists()).isFalse();
    }

    @Test
    void tasksThatAListingCannotReadAreKept() {
        gap();
        for (int i = 0; i < 3; i++) {
            list(withGaps(List.of("c"), false, "a"), listed(DB, "d", "e"));
            world.pass(WHILE_ATTACHED);
        }
        assertThat(world.live(WEB)).as("b is missing, c is unread").containsExactly("a", "c");
    }

    @Test
    void aTaskWithoutIdKeepsTheTasksOfItsServiceOnly() {
        gap();
        for (int i = 0; i < 3; i++) {
            list(withGaps(List.of(), true, "a"), listed(DB, "d"));
            world.pass(WHILE_ATTACHED);
        }
        assertThat(world.live(WEB)).containsExactly("a", "b", "c");
        assertThat(world.live(DB)).containsExactly("d");
    }

    @Test
    void anEntryThatCannotBeReadDoesNotHoldTheFirstListingUp() {
        CoreWorld fresh = new CoreWorld();
        fresh.attach();
        fresh.signal(
                new SourceSignal.ListedAll(
                        List.of(withGaps(List.of(), true, "a")),
                        new SourceSignal.Exceptions(List.of("an entry"), true),
                        fresh.now()));
        fresh.settle();
        assertThat(fresh.status().firstListing()).isPresent();
        assertThat(fresh.live(WEB)).containsExactly("a");
    }

    @Test
    void aServiceWithoutTasksThatIsNotDefinedIsRemovedByTheNextListing() {
        world.observe(seen(DB, "d", TaskPhase.GONE));
        world.observe(seen(DB, "e", TaskPhase.GONE));
        world.settle();
        world.pass(Duration.ofMinutes(1));
        for (int i = 0; i < 3; i++) {
            world.signal(new SourceSignal.NotDefined(DB));
            world.settle();
            assertThat(world.status().undefined()).containsExactly("marathon:/db");
        }
        assertThat(world.logged.stream().filter(log -> log.line().contains("not defined any more")))
                .as("one line")
                .hasSize(1);
        world.pass(Duration.ofSeconds(5));
        world.checkAbsences();
        assertThat(world.asked).contains(new SourceCommand.ListAll());
        list(listed(WEB, "a", "b", "c"));

        assertThat(world.state(DB).exists()).isFalse();
        assertThat(world.status().undefined()).isEmpty();
    }

    @Test
    void aServiceWithTasksThatIsNotDefinedWaitsAsLongAsAnyOther() {
        world.signal(new SourceSignal.NotDefined(DB));
        world.settle();
        world.pass(AFTER_GAP);
        list(listed(WEB, "a", "b", "c"));
        assertThat(world.live(DB)).containsExactly("d", "e");

        world.pass(WHILE_ATTACHED);
        list(listed(WEB, "a", "b", "c"));
        assertThat(world.state(DB).exists()).isFalse();
    }

    @Test
    void aListingThatWasRequestedBeforeTheReadDoesNotConfirmIt() {
        world.observe(seen(DB, "d", TaskPhase.GONE));
        world.observe(seen(DB, "e", TaskPhase.GONE));
        world.settle();
        world.pass(Duration.ofMinutes(1));
        Instant asked = world.now();
        world.pass(Duration.ofSeconds(1));
        world.signal(new SourceSignal.NotDefined(DB));
        world.settle();
        world.signal(new SourceSignal.ListedAll(List.of(listed(WEB, "a", "b", "c")), asked));
        world.settle();
        assertThat(world.state(DB).exists()).isTrue();
        assertThat(world.status().undefined()).containsExactly("marathon:/db");

        world.observe(listed(DB));
        world.settle();
        assertThat(world.status().undefined()).isEmpty();
        list(listed(WEB, "a", "b", "c"));
        assertThat(world.state(DB).exists()).isTrue();
    }

    private void listWith(boolean nameless, Observation.Listing... services) {
        world.signal(
                new SourceSignal.ListedAll(
                        List.of(services),
                        new SourceSignal.Exceptions(List.of("an entry"), nameless),
                        world.now()));
        world.settle();
    }

    private static Observation.Listed withGaps(
            List<String> unread, boolean nameless, String... tasks) {
        Observation.Listed plain = listed(WEB, tasks);
        return new Observation.Listed(
                WEB,
                plain.definition(),
                plain.tasks(),
                new Observation.Gaps(
                        new TreeSet<>(unread.stream().map(TaskId::new).toList()), nameless),
                true,
                false);
    }

    private Delivery delivery(Observation observation) {
        return new Delivery(observation, 1, world.now(), world.now());
    }

    private void gap() {
        world.detach();
        world.attach();
    }

    private void list(Observation.Listed... services) {
        world.listAll(services);
        world.settle();
    }
}
