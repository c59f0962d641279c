package io.meridian.actors.ingest;

import static io.meridian.actors.Examples.V1;
import static io.meridian.actors.Examples.definition;
import static io.meridian.actors.Examples.listed;
import static io.meridian.actors.Examples.seen;
import static io.meridian.actors.Examples.service;
import static io.meridian.actors.ingest.IngestFixture.CONFIRM;
import static io.meridian.actors.ingest.IngestFixture.CONTRADICTION;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What ends tasks and services that listings lack, and what does not. */
class IngestAbsenceTest {
    private static final ServiceId WEB = service("/web");
    private static final ServiceId DB = service("/db");

    private final IngestFixture fixture = new IngestFixture();

    @BeforeEach
    void start() {
        fixture.start().attach();
        list(listed(WEB, "a", "b", "c"), listed(DB, "d", "e"));
        fixture.pass(Duration.ofMinutes(1));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void oneListingNeverEndsATask() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        fixture.pass(Duration.ofHours(1));
        fixture.observe(listed(DB, "d", "e", "f"));
        fixture.settle();

        assertThat(fixture.live(WEB)).containsExactly("a", "b", "c");
        assertThat(fixture.status().absences()).isEqualTo(1);
    }

    @Test
    void twoListingsAfterAGapOverTheConfirmTimeEndATask() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        fixture.pass(CONFIRM);
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));

        assertThat(fixture.live(WEB)).containsExactly("a", "b");
    }

    @Test
    void onAnUnbrokenStreamAbsenceMustLastLonger() {
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        fixture.pass(CONFIRM);
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        assertThat(fixture.live(WEB)).containsExactly("a", "b", "c");

        fixture.pass(CONTRADICTION);
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        assertThat(fixture.live(WEB)).containsExactly("a", "b");
    }

    @Test
    void aListingThatLacksMostTasksOfAllServicesTogetherIsNotBelievedLightly() {
        gap();
        list();
        fixture.pass(CONFIRM);
        list();
        assertThat(fixture.live(WEB)).hasSize(3);
        assertThat(fixture.live(DB)).hasSize(2);

        fixture.pass(CONTRADICTION);
        list();
        assertThat(fixture.state(WEB).exists()).isFalse();
        assertThat(fixture.state(DB).exists()).isFalse();
    }

    @Test
    void aListingThatEveryServiceIsInWithoutTasksIsNotBelievedLightlyEither() {
        gap();
        list(listed(WEB), listed(DB));
        fixture.pass(CONFIRM);
        list(listed(WEB), listed(DB));

        assertThat(fixture.live(WEB)).hasSize(3);
        assertThat(fixture.live(DB)).hasSize(2);
    }

    @Test
    void listingsThatSlowEntitiesTakeNoteOfLateDoNotCountAsFarApart() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        fixture.pass(Duration.ofSeconds(1));
        fixture.shut.add(WEB);
        fixture.listAll(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        fixture.await(_ -> fixture.claims(WEB).size() == 3);
        fixture.pass(CONFIRM);
        fixture.shut.clear();
        fixture.settle();
        fixture.observe(listed(DB, "d", "e", "f"));
        fixture.settle();

        assertThat(fixture.live(WEB)).containsExactly("a", "b", "c");
    }

    @Test
    void aSignOfLifeBetweenTwoListingsIsABreak() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        fixture.pass(Duration.ofSeconds(5));
        fixture.observe(seen(WEB, "c", TaskPhase.RUNNING));
        fixture.settle();
        fixture.pass(Duration.ofSeconds(10));
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));

        assertThat(fixture.live(WEB)).containsExactly("a", "b", "c");
    }

    @Test
    void aDetachStartsTheWaitAnew() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        fixture.pass(CONFIRM);
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));

        assertThat(fixture.live(WEB)).containsExactly("a", "b", "c");
    }

    @Test
    void whatWasListedBeforeADetachProvesNothingAfterIt() {
        gap();
        fixture.listAll(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        gap();
        fixture.settle();

        assertThat(fixture.status().absences()).isZero();
    }

    @Test
    void aToldEndOfAnInstanceIsProvenByOneListing() {
        fixture.signal(new SourceSignal.EndHinted(WEB, Optional.of("i-c"), "Killed"));
        fixture.awaitAsked(new SourceCommand.Reread(WEB));
        fixture.observe(listed(WEB, "a", "b"));
        fixture.settle();

        assertThat(fixture.live(WEB)).containsExactly("a", "b");
    }

    @Test
    void aStoppingTaskThatAListingLacksHasEnded() {
        fixture.observe(seen(WEB, "c", TaskPhase.KILLING));
        fixture.observe(listed(WEB, "a", "b"));
        fixture.settle();

        assertThat(fixture.live(WEB)).containsExactly("a", "b");
    }

    @Test
    void aServiceThatWasToldToEndAndIsNotDefinedIsRemoved() {
        fixture.signal(new SourceSignal.EndHinted(WEB, Optional.empty(), "app terminated"));
        fixture.signal(new SourceSignal.NotDefined(WEB));
        fixture.settle();

        assertThat(fixture.state(WEB).exists()).isFalse();
        assertThat(fixture.live(DB)).hasSize(2);
    }

    @Test
    void oneAnswerThatAServiceIsNotDefinedEndsNothing() {
        fixture.signal(new SourceSignal.NotDefined(WEB));
        fixture.settle();
        fixture.pass(Duration.ofHours(1));
        fixture.observe(listed(DB, "d"));
        fixture.settle();

        assertThat(fixture.live(WEB)).hasSize(3);
    }

    @Test
    void aServiceThatIsMadeAgainAtOnceKeepsItsNewTasks() {
        fixture.signal(new SourceSignal.EndHinted(WEB, Optional.empty(), "app terminated"));
        fixture.observe(new Observation.Defined(WEB, definition(V1.plusSeconds(1))));
        fixture.observe(
                new Observation.TaskSeen(
                        WEB,
                        io.meridian.actors.Examples.task("new", TaskPhase.RUNNING),
                        "TASK_RUNNING"));
        fixture.signal(new SourceSignal.NotDefined(WEB));
        fixture.settle();

        assertThat(fixture.live(WEB)).contains("new");
        fixture.awaitAsked(new SourceCommand.Reread(WEB));
    }

    @Test
    void aServiceMadeWhileAListingWasTakenIsNotMissing() {
        Instant asked = fixture.now();
        ServiceId fresh = service("/fresh");
        fixture.pass(Duration.ofSeconds(1));
        fixture.observe(listed(fresh, "f"));
        fixture.signal(
                new SourceSignal.ListedAll(
                        List.of(listed(WEB, "a", "b", "c"), listed(DB, "d", "e")), asked));
        fixture.settle();

        assertThat(fixture.status().absences()).isZero();
        assertThat(fixture.live(fresh)).containsExactly("f");
    }

    @Test
    void aListingIsAskedForWhileOneMightProveSomething() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));

        fixture.awaitAsked(new SourceCommand.ListAll());
    }

    @Test
    void whatACompleteListingLacksIsReadAloneAndStaysIfItIsThere() {
        gap();
        list(listed(WEB, "a", "b", "c"));
        fixture.awaitAsked(new SourceCommand.Reread(DB));
        fixture.observe(listed(DB, "d", "e"));
        fixture.settle();
        fixture.pass(CONFIRM);
        list(listed(WEB, "a", "b", "c"));

        assertThat(fixture.live(DB)).containsExactly("d", "e");
    }

    @Test
    void anEndByAbsenceThatItsEntityHasNotHeardOfIsDroppedOnASignOfLife() {
        gap();
        list(listed(WEB, "a", "b"), listed(DB, "d", "e"));
        fixture.pass(CONFIRM);
        Inbox inbox = new Inbox();
        inbox.add(
                claim(
                        new Observation.Absent(
                                WEB,
                                new java.util.TreeSet<>(
                                        List.of(new io.meridian.domain.service.TaskId("c"))),
                                true,
                                "x")));
        inbox.add(claim(seen(WEB, "c", TaskPhase.RUNNING)));

        assertThat(inbox.take().orElseThrow().observation())
                .isEqualTo(seen(WEB, "c", TaskPhase.RUNNING));
        assertThat(inbox.take()).isEmpty();
        assertThat(inbox.size()).isZero();
    }

    @Test
    void aServiceThatTheJournalKnowsAndListingsLackIsEnded() {
        fixture.known = Set.of(WEB, DB);
        fixture.signal(new SourceSignal.EndHinted(service("/stop"), Optional.empty(), "restart"));
        fixture.awaitSource();
        fixture.attach();
        list(listed(WEB, "a", "b", "c"));
        fixture.pass(CONFIRM);
        list(listed(WEB, "a", "b", "c"));

        assertThat(fixture.state(DB).exists()).isFalse();
        list(listed(WEB, "a", "b", "c"));
        assertThat(fixture.status().services()).isEqualTo(1);
    }

    private Claim claim(Observation observation) {
        return new Claim(observation, 1, fixture.now(), fixture.now());
    }

    private void gap() {
        fixture.detach();
        fixture.attach();
    }

    private void list(Observation.Listed... services) {
        fixture.listAll(services);
        fixture.settle();
    }
}
