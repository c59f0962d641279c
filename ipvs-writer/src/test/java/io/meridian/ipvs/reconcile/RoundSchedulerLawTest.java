package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.ip;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;

import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipImage;
import io.meridian.ipvs.NodeView;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Laws over the history of a schedule: they look at the events and at the rounds that started, and
 * do not repeat the scheduler's own conditions.
 */
class RoundSchedulerLawTest {
    private static final Reconciler RECONCILER =
            new Reconciler(
                    new FakeKernel(),
                    IpvsSettings.from(ConfigFactory.load()).ownership(),
                    InstantSource.system());
    private static final NodeView NODE = NodeView.at(ip("10.0.0.99"));

    /** Events in any order; {@code NEXT} asks for a round, {@code DONE} ends one. */
    enum Event {
        APPLY_IMAGE,
        UPDATE_REACHABILITY,
        KERNEL_OPENED,
        WAKE,
        AUDIT,
        NEXT,
        DONE;

        boolean requestsRound() {
            return this != NEXT && this != DONE;
        }
    }

    /**
     * A round that started.
     *
     * @param at number of the event that started it
     */
    private record Started(int at, ReconcileRequest request) {}

    /** A scheduler with the history of its events and rounds. */
    private static final class History {
        private final RoundScheduler scheduler = new RoundScheduler(NODE);
        private final List<Event> events = new ArrayList<>();
        private final List<Started> rounds = new ArrayList<>();

        private History(List<Event> schedule) {
            schedule.forEach(this::happen);
        }

        private void happen(Event event) {
            int at = events.size();
            events.add(event);
            switch (event) {
                case APPLY_IMAGE -> scheduler.applyImage(image(at));
                case UPDATE_REACHABILITY -> scheduler.updateReachability(lost(at));
                case KERNEL_OPENED -> scheduler.kernelOpened(RECONCILER);
                case WAKE -> scheduler.wake();
                case AUDIT -> scheduler.requestAudit();
                case NEXT ->
                        scheduler.next().ifPresent(request -> rounds.add(new Started(at, request)));
                case DONE -> scheduler.roundDone();
            }
        }

        /** Ends and starts rounds until none is due; returns how many started. */
        private int drain() {
            int before = rounds.size();
            int started;
            do {
                started = rounds.size();
                happen(Event.DONE);
                happen(Event.NEXT);
                assertThat(rounds.size() - before).as("rounds without a new event").isLessThan(3);
            } while (rounds.size() > started);
            return rounds.size() - before;
        }

        /** Number of the last such event before another one; -1 if there is none. */
        private int last(Event event, int before) {
            return events.subList(0, before).lastIndexOf(event);
        }

        private boolean canRun() {
            return events.contains(Event.APPLY_IMAGE) && events.contains(Event.KERNEL_OPENED);
        }

        private static DataPlaneUpdate.ApplyImage image(int at) {
            return new DataPlaneUpdate.ApplyImage(VipImage.EMPTY, at);
        }

        private static Reachability lost(int at) {
            return new Reachability(
                    new TreeSet<>(List.of(ip("10.0." + at / 250 + "." + at % 250))));
        }
    }

    @Property
    void twoRoundsNeverRunAtOnce(@ForAll List<Event> schedule) {
        History history = new History(schedule);

        for (int i = 1; i < history.rounds.size(); i++) {
            int first = history.rounds.get(i - 1).at();
            int second = history.rounds.get(i).at();
            assertThat(history.events.subList(first, second))
                    .as("events between the starts of two rounds")
                    .contains(Event.DONE);
        }
    }

    @Property
    void aRoundHasTheNewestInputOfItsStart(@ForAll List<Event> schedule) {
        History history = new History(schedule);

        for (Started round : history.rounds) {
            assertThat(round.request().newest())
                    .isEqualTo(History.image(history.last(Event.APPLY_IMAGE, round.at())));
            int judged = history.last(Event.UPDATE_REACHABILITY, round.at());
            assertThat(round.request().node())
                    .isEqualTo(judged < 0 ? NODE : NODE.withReachability(History.lost(judged)));
        }
    }

    /** A change during a round is not in that round. */
    @Property
    void everyChangeIsInARoundThatStartsAfterIt(@ForAll List<Event> schedule) {
        History history = new History(schedule);
        history.drain();
        int end = history.events.size();

        for (Event event : Event.values()) {
            int last = history.last(event, end);
            if (event.requestsRound() && last >= 0 && history.canRun()) {
                assertThat(history.rounds)
                        .as("rounds after the last %s, event %d", event, last)
                        .anyMatch(
                                round ->
                                        round.at() > last
                                                && (event != Event.AUDIT
                                                        || round.request().audit()));
            }
        }
    }

    @Property
    void aRoundStartsOnlyAfterARequestSinceTheStartOfTheOneBefore(@ForAll List<Event> schedule) {
        History history = new History(schedule);
        history.drain();

        int from = 0;
        for (Started round : history.rounds) {
            List<Event> since = history.events.subList(from, round.at());
            assertThat(since).anyMatch(Event::requestsRound);
            assertThat(round.request().audit()).isEqualTo(since.contains(Event.AUDIT));
            from = round.at();
        }
    }

    @Test
    void aPlanNeedsAnImageAndAKernel() {
        assertThat(plan(Event.KERNEL_OPENED)).isEmpty();
        assertThat(plan(Event.APPLY_IMAGE)).isEmpty();
        assertThat(plan(Event.APPLY_IMAGE, Event.KERNEL_OPENED))
                .hasValueSatisfying(request -> assertThat(request.audit()).isFalse());
    }

    private static Optional<ReconcileRequest> plan(Event... schedule) {
        return new History(List.of(schedule)).scheduler.current();
    }
}
