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
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

class AgendaLawTest {
    private static final Reconciler WITH =
            new Reconciler(
                    new FakeKernel(),
                    IpvsSettings.from(ConfigFactory.load()).ownership(),
                    InstantSource.system());
    private static final NodeView NODE = NodeView.at(ip("10.0.0.99"));

    /** What may happen to an agenda, in any order. */
    enum Happening {
        SHOW,
        JUDGE,
        OPENED,
        GO_ON,
        AUDIT,
        NEXT,
        DONE
    }

    /** An agenda, and what is to be said of it by looking back. */
    private static final class World {
        private final Agenda agenda = new Agenda(NODE);
        private Optional<IpvsWriter.Show> newest = Optional.empty();
        private NodeView node = NODE;
        private boolean hasKernel;
        private boolean underWay;
        private boolean changedSince;
        private boolean auditSince;
        private int step;

        private void happen(Happening what) {
            step++;
            switch (what) {
                case SHOW -> {
                    newest = Optional.of(new IpvsWriter.Show(VipImage.EMPTY, step));
                    agenda.show(newest.get());
                    changedSince = true;
                }
                case JUDGE -> {
                    Reachability lost =
                            new Reachability(
                                    new TreeSet<>(List.of(ip("10.0.0." + (1 + step % 90)))));
                    node = node.judging(lost);
                    agenda.judge(lost);
                    changedSince = true;
                }
                case OPENED -> {
                    agenda.opened(WITH);
                    hasKernel = true;
                    changedSince = true;
                }
                case GO_ON -> {
                    agenda.goOn();
                    changedSince = true;
                }
                case AUDIT -> {
                    agenda.audit();
                    auditSince = true;
                }
                case NEXT -> next();
                case DONE -> {
                    agenda.done();
                    underWay = false;
                }
            }
        }

        private void next() {
            Optional<Agenda.Due> due = agenda.next();
            boolean expected =
                    !underWay && newest.isPresent() && hasKernel && (changedSince || auditSince);
            assertThat(due.isPresent()).as("a round is due").isEqualTo(expected);
            if (expected) {
                assertThat(due.get())
                        .isEqualTo(
                                new Agenda.Due(
                                        new KernelThread.Errand(newest.get(), node, WITH),
                                        auditSince));
                underWay = true;
                changedSince = false;
                auditSince = false;
            }
        }
    }

    /** One at a time, with the newest of all, and nothing that came in meanwhile is forgotten. */
    @Property
    void aRoundIsDueExactlyIfSomethingHasHappenedSinceTheLastOneBegan(
            @ForAll List<Happening> happenings) {
        World world = new World();
        happenings.forEach(
                what -> {
                    world.happen(what);
                    world.happen(Happening.NEXT);
                });
    }

    @Property
    void inTheEndTheNewestHasBeenUsedHoweverOftenItWasAskedFor(@ForAll List<Happening> happenings) {
        World world = new World();
        happenings.forEach(world::happen);
        for (Happening what :
                List.of(Happening.OPENED, Happening.SHOW, Happening.DONE, Happening.NEXT)) {
            world.happen(what);
        }
        world.happen(Happening.DONE);

        assertThat(world.agenda.next()).as("all is done").isEmpty();
        assertThat(world.agenda.errand())
                .hasValue(new KernelThread.Errand(world.newest.orElseThrow(), world.node, WITH));
    }

    @Test
    void withoutAnImageOrAKernelNothingIsPlanned() {
        World world = new World();
        assertThat(world.agenda.errand()).isEmpty();
        world.happen(Happening.OPENED);
        assertThat(world.agenda.errand()).isEmpty();
        assertThat(world.agenda.hasKernel()).isTrue();

        World other = new World();
        other.happen(Happening.SHOW);
        assertThat(other.agenda.errand()).isEmpty();
        assertThat(other.agenda.hasKernel()).isFalse();
    }
}
