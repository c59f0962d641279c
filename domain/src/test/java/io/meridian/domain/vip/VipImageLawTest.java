package io.meridian.domain.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.table.Change;
import io.meridian.domain.table.ImageBuilder;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;

class VipImageLawTest {
    private static final List<String> NAMES =
            List.of("web.marathon", "db.marathon", "11.0.0.9", "fd01:c::9");

    @Property
    void anyBatchingOfChangesGivesTheSameImage(
            @ForAll("changes") List<Change<VipRow>> changes, @ForAll Random random) {
        VipImage whole = VipImage.EMPTY.apply(changes);
        VipImage batched = VipImage.EMPTY;
        for (int i = 0; i < changes.size(); ) {
            int end = Math.min(changes.size(), i + random.nextInt(4));
            batched = batched.apply(changes.subList(i, end));
            i = end;
        }

        assertThat(batched).isEqualTo(whole).hasSameHashCodeAs(whole);
        assertThat(batched.vips()).isEqualTo(whole.vips());
    }

    @Property
    void earlierCallsDoNotChangeTheVips(@ForAll("changes") List<Change<VipRow>> changes) {
        Reachability judging =
                new Reachability(new TreeSet<>(List.of(IpAddress.literal("192.0.2.1"))));
        VipImage image = VipImage.EMPTY;
        for (Change<VipRow> change : changes) {
            image = image.apply(List.of(change));
            VipImage fresh = VipImage.EMPTY.apply(image.rows().stream().map(Change::add).toList());

            assertThat(image.vips(judging)).isEqualTo(fresh.vips(judging));
            assertThat(image.vips()).isEqualTo(fresh.vips());
        }
    }

    @Property
    void aSnapshotEqualsTheReplay(@ForAll("changes") List<Change<VipRow>> changes) {
        VipImage replayed = VipImage.EMPTY.apply(changes);

        assertThat(VipImage.EMPTY.apply(replayed.rows().stream().map(Change::add).toList()))
                .isEqualTo(replayed);
    }

    @Property
    void anImageBuiltAtOnceEqualsOneBuiltByChanges(
            @ForAll("changes") List<Change<VipRow>> changes, @ForAll Random random) {
        List<VipRow> rows = new ArrayList<>();
        changes.forEach(change -> rows.add(change.row()));
        ImageBuilder<VipRow, VipImage> builder = VipImage.builder();
        for (int i = 0; i < rows.size(); ) {
            int end = Math.min(rows.size(), i + random.nextInt(4));
            builder.add(rows.subList(i, end));
            i = end;
        }
        VipImage image = builder.image();
        VipImage applied = VipImage.EMPTY.apply(rows.stream().map(Change::add).toList());

        assertThat(image).isEqualTo(applied).hasSameHashCodeAs(applied);
        assertThat(image.rows()).isEqualTo(applied.rows());
        assertThat(image.apply(changes)).isEqualTo(applied.apply(changes));
    }

    @Property
    void anImageHoldsExactlyTheRowsOfASet(@ForAll("changes") List<Change<VipRow>> changes) {
        SortedSet<VipRow> oracle = new TreeSet<>();
        for (Change<VipRow> change : changes) {
            if (change.added()) {
                oracle.add(change.row());
            } else {
                oracle.remove(change.row());
            }
        }
        VipImage image = VipImage.EMPTY.apply(changes);

        assertThat(image.rows()).isEqualTo(List.copyOf(oracle));
        assertThat(changes)
                .allMatch(change -> image.contains(change.row()) == oracle.contains(change.row()));
    }

    @Property
    void repeatingChangesChangesNothing(@ForAll("changes") List<Change<VipRow>> changes) {
        VipImage image = VipImage.EMPTY.apply(changes);
        List<Change<VipRow>> idle =
                changes.stream()
                        .map(change -> new Change<>(image.contains(change.row()), change.row()))
                        .toList();

        assertThat(image.apply(idle)).isEqualTo(image);
    }

    @Property
    void removingEveryRowLeavesTheEmptyImage(@ForAll("changes") List<Change<VipRow>> changes) {
        VipImage image = VipImage.EMPTY.apply(changes);
        List<VipRow> before = image.rows();

        assertThat(image.apply(before.stream().map(Change::remove).toList()))
                .isEqualTo(VipImage.EMPTY);
        assertThat(image.rows()).as("the old image stays").isEqualTo(before);
    }

    @Property
    void aVipTakesTrafficUnlessAllItsBackendsDrain(
            @ForAll("changes") List<Change<VipRow>> changes) {
        for (Vip vip : VipImage.EMPTY.apply(changes).vips()) {
            assertThat(vip.backends()).isNotEmpty();
            assertThat(vip.backends())
                    .allMatch(
                            backend ->
                                    backend.endpoint().address().isIpv4()
                                            == vip.address().isIpv4());
            boolean allDrain =
                    vip.backends().stream()
                            .allMatch(backend -> backend.state() == BackendState.DRAINING);
            assertThat(vip.backends().stream().allMatch(backend -> backend.weight() == 0))
                    .isEqualTo(allDrain);
        }
    }

    @Property
    void rowsCompareAsEqualExactlyIfTheyAre(@ForAll("row") VipRow one, @ForAll("row") VipRow two) {
        assertThat(one.compareTo(two) == 0).isEqualTo(one.equals(two));
        assertThat(Integer.signum(one.compareTo(two)))
                .isEqualTo(-Integer.signum(two.compareTo(one)));
    }

    @Provide
    Arbitrary<List<Change<VipRow>>> changes() {
        return Combinators.combine(Arbitraries.of(true, true, false), row())
                .as(Change<VipRow>::new)
                .list()
                .ofMaxSize(60);
    }

    @Provide
    Arbitrary<VipRow> row() {
        Arbitrary<IpAddress> ips =
                Arbitraries.of("192.0.2.1", "192.0.2.2", "2001:db8::1").map(IpAddress::literal);
        Arbitrary<VipRow> addresses =
                Combinators.combine(Arbitraries.of(NAMES.subList(0, 2)), ips)
                        .as(VipRow.Address::new);
        Arbitrary<Endpoint> endpoints =
                Combinators.combine(ips, Arbitraries.of(80, 81), Arbitraries.of(Protocol.values()))
                        .as(Endpoint::new);
        Arbitrary<VipRow> backends =
                Combinators.combine(
                                Arbitraries.of(NAMES),
                                endpoints,
                                Arbitraries.of("s:/a t1", "s:/a t2"),
                                Arbitraries.of("S1", "S2"),
                                endpoints.optional(),
                                Arbitraries.of(BackendState.values()))
                        .as(VipImageLawTest::backend);
        return Arbitraries.oneOf(addresses, backends);
    }

    private static VipRow backend(
            String name,
            Endpoint endpoint,
            String owner,
            String agent,
            Optional<Endpoint> local,
            BackendState state) {
        VipKey key = new VipKey(name, endpoint.protocol(), 80);
        return new VipRow.Backend(
                key, endpoint, owner, agent, local, state, state == BackendState.SERVING ? 1 : 0);
    }
}
