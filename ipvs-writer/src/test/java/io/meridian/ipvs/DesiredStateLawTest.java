package io.meridian.ipvs;

import static io.meridian.ipvs.Samples.address;
import static io.meridian.ipvs.Samples.backend;
import static io.meridian.ipvs.Samples.draining;
import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.withLocal;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

class DesiredStateLawTest {
    private static final TransitionPolicy USUAL =
            new TransitionPolicy(Duration.ofSeconds(60), Duration.ZERO);

    /** Changes of the image, and the node's view of other nodes at that time. */
    record Turn(List<Change<VipRow>> changes, NodeView node) {}

    @Property
    void theTargetDependsOnTheNewestImageOnly(@ForAll("turns") List<Turn> turns) {
        DesiredState following = new DesiredState(USUAL);
        VipImage image = VipImage.EMPTY;
        for (Turn turn : turns) {
            image = image.apply(turn.changes());

            assertThat(following.next(image, turn.node(), false))
                    .isEqualTo(DesiredState.target(image, turn.node(), USUAL, false));
        }
    }

    /** {@link IpvsDiff} skips identical objects, so one change among a thousand VIPs is cheap. */
    @Property
    void anUnchangedVipIsTheSameObject(@ForAll("turns") List<Turn> turns) {
        NodeView node = NodeView.at(ip("10.0.0.99"));
        DesiredState following = new DesiredState(USUAL);
        VipImage image =
                VipImage.EMPTY.apply(
                        List.of(
                                Change.add(address("other.marathon", "11.0.0.77")),
                                Change.add(
                                        backend("other.marathon", 80, "10.0.0.1:8080", "other"))));
        Optional<IpvsTable.Entry> first = other(following.next(image, node, false));
        for (Turn turn : turns) {
            image = image.apply(turn.changes());

            assertThat(other(following.next(image, node, false)).orElseThrow())
                    .isSameAs(first.orElseThrow());
        }
    }

    private static Optional<IpvsTable.Entry> other(Target target) {
        return target.state().table().get(Samples.tcp("11.0.0.77:80"));
    }

    @Provide
    Arbitrary<List<Turn>> turns() {
        Arbitrary<NodeView> nodes =
                Arbitraries.of("10.0.0.1", "10.0.0.99")
                        .flatMap(
                                at ->
                                        Arbitraries.of("10.0.0.1", "10.0.0.2")
                                                .set()
                                                .map(
                                                        lost ->
                                                                NodeView.at(ip(at))
                                                                        .withReachability(
                                                                                lost(lost))));
        return Combinators.combine(changes().list().ofMaxSize(6), nodes)
                .as(Turn::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }

    private static Reachability lost(Iterable<String> addresses) {
        TreeSet<IpAddress> lost = new TreeSet<>();
        addresses.forEach(each -> lost.add(ip(each)));
        return new Reachability(lost);
    }

    /** Changes with an IP VIP at the address of a named VIP, and with shared endpoints. */
    private static Arbitrary<Change<VipRow>> changes() {
        Arbitrary<VipRow> addresses =
                Arbitraries.of(
                        address("web.marathon", "11.0.0.1"),
                        address("web.marathon", "fd01:c::1"),
                        address("db.marathon", "11.0.0.2"));
        Arbitrary<VipRow> backends =
                Combinators.combine(
                                Arbitraries.of("web.marathon", "db.marathon", "11.0.0.1"),
                                Arbitraries.of("10.0.0.1:8080", "10.0.0.2:8080", "[fd00::2]:80"),
                                Arbitraries.of("a", "b"),
                                Arbitraries.integers().between(0, 2))
                        .as(
                                (name, endpoint, task, kind) -> {
                                    VipRow.Backend plain = backend(name, 80, endpoint, task);
                                    return switch (kind) {
                                        case 0 -> plain;
                                        case 1 -> draining(plain);
                                        default -> withLocal(plain, "172.17.0.2:80");
                                    };
                                });
        return Combinators.combine(
                        Arbitraries.oneOf(addresses, backends), Arbitraries.of(true, false))
                .as((row, added) -> added ? Change.add(row) : Change.remove(row));
    }
}
