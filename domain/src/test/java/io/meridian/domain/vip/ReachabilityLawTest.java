package io.meridian.domain.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.Reachability.Member;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

class ReachabilityLawTest {
    private static final List<String> AGENTS =
            List.of("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5");

    @Property
    void noVipLosesItsLastBackend(
            @ForAll("rows") List<VipRow.Backend> rows, @ForAll("members") List<Member> members) {
        VipImage image = image(rows);
        List<Vip> before = image.vips();
        List<Vip> after = image.vips(Reachability.of(members));

        assertThat(after).hasSameSizeAs(before);
        for (int i = 0; i < before.size(); i++) {
            assertThat(after.get(i).backends()).hasSameSizeAs(before.get(i).backends());
            assertThat(serves(after.get(i))).isEqualTo(serves(before.get(i)));
        }
    }

    @Property
    void onlyBackendsOfLostAgentsAreJudgedAndTheyTakeNothingWhileAnotherServes(
            @ForAll("rows") List<VipRow.Backend> rows, @ForAll("members") List<Member> members) {
        Reachability reachability = Reachability.of(members);
        VipImage image = image(rows);
        List<Vip> before = image.vips();
        List<Vip> after = image.vips(reachability);

        for (int i = 0; i < before.size(); i++) {
            boolean another =
                    after.get(i).backends().stream()
                            .anyMatch(one -> one.state() == BackendState.SERVING);
            for (int j = 0; j < before.get(i).backends().size(); j++) {
                Vip.Backend was = before.get(i).backends().get(j);
                Vip.Backend is = after.get(i).backends().get(j);
                boolean lost =
                        was.state() == BackendState.SERVING
                                && reachability.lost().contains(was.at());
                assertThat(is.state()).isEqualTo(lost ? BackendState.UNREACHABLE : was.state());
                if (lost) {
                    assertThat(is.weight()).isEqualTo(another ? 0 : was.weight());
                }
            }
        }
    }

    @Property
    void aReturningRealServerKeepsNoTraceOfItsDrain(
            @ForAll("rows") List<VipRow.Backend> rows, @ForAll("members") List<Member> members) {
        List<Member> back =
                members.stream()
                        .map(member -> new Member(member.address(), member.agent(), true))
                        .toList();

        assertThat(image(rows).vips(Reachability.of(back))).isEqualTo(image(rows).vips());
    }

    @Property
    void onlyUnreachableMembersAreLostAndNeverMostOfThem(@ForAll("members") List<Member> members) {
        Reachability reachability = Reachability.of(members);
        long unreachable = members.stream().filter(member -> !member.reachable()).count();

        assertThat(reachability.lost())
                .allSatisfy(
                        address ->
                                assertThat(members)
                                        .filteredOn(member -> member.address().equals(address))
                                        .anyMatch(Member::agent)
                                        .noneMatch(Member::reachable));
        if (2 * unreachable > members.size()) {
            assertThat(reachability).isEqualTo(Reachability.ALL);
        } else {
            assertThat(members)
                    .filteredOn(member -> member.agent() && !member.reachable())
                    .extracting(Member::address)
                    .allMatch(
                            address ->
                                    reachability.lost().contains(address)
                                            || members.stream()
                                                    .filter(Member::reachable)
                                                    .map(Member::address)
                                                    .anyMatch(address::equals));
        }
    }

    @Test
    void aNodeWithoutOthersConsidersNoAgentLost() {
        assertThat(Reachability.of(List.of())).isEqualTo(Reachability.ALL);
        assertThat(Reachability.of(List.of(member(0, false)))).isEqualTo(Reachability.ALL);
    }

    @Test
    void halfOfTheOthersMayBeLostButNotMore() {
        assertThat(Reachability.of(members(2, 1)).lost()).hasSize(1);
        assertThat(Reachability.of(members(4, 2)).lost()).hasSize(2);
        assertThat(Reachability.of(members(4, 3))).isEqualTo(Reachability.ALL);
        assertThat(Reachability.of(members(5, 2)).lost()).hasSize(2);
        assertThat(Reachability.of(members(5, 3))).isEqualTo(Reachability.ALL);
    }

    @Test
    void anUnreachableMasterIsNoLostAgentButCountsAsUnreachable() {
        Member master = new Member(ip(AGENTS.get(4)), false, false);

        assertThat(Reachability.of(List.of(master, member(0, true)))).isEqualTo(Reachability.ALL);
        assertThat(Reachability.of(List.of(master, member(0, false), member(1, true))))
                .as("most members are unreachable")
                .isEqualTo(Reachability.ALL);
        assertThat(
                        Reachability.of(
                                        List.of(
                                                master,
                                                member(0, false),
                                                member(1, true),
                                                member(2, true)))
                                .lost())
                .containsExactly(ip(AGENTS.get(0)));
    }

    @Test
    void anAgentIsIdentifiedByItsAddressEvenIfItsTasksHaveOwnAddresses() {
        VipRow.Backend inAContainer = row("9.0.0.5", Optional.of(ip("192.0.2.1")), "t1", 3);
        VipRow.Backend other = row("192.0.2.2", Optional.empty(), "t2", 1);
        VipImage image = image(List.of(inAContainer, other));

        assertThat(image.vips(Reachability.of(members(2, 1))))
                .singleElement()
                .satisfies(
                        vip ->
                                assertThat(vip.backends())
                                        .extracting(Vip.Backend::state, Vip.Backend::weight)
                                        .containsExactlyInAnyOrder(
                                                org.assertj.core.groups.Tuple.tuple(
                                                        BackendState.UNREACHABLE, 0),
                                                org.assertj.core.groups.Tuple.tuple(
                                                        BackendState.SERVING, 1)));
    }

    @Test
    void aBackendWithoutAMemberAtItsAddressIsNotJudged() {
        VipImage image = image(List.of(row("198.51.100.9", Optional.empty(), "t", 1)));

        assertThat(image.vips(Reachability.of(members(4, 2)))).isEqualTo(image.vips());
    }

    /** {@code count} other members, the first {@code lost} of them unreachable. */
    private static List<Member> members(int count, int lost) {
        return IntStream.range(0, count).mapToObj(i -> member(i, i >= lost)).toList();
    }

    private static Member member(int i, boolean reachable) {
        return new Member(ip(AGENTS.get(i)), true, reachable);
    }

    private static boolean serves(Vip vip) {
        return vip.backends().stream().anyMatch(backend -> backend.weight() > 0);
    }

    private static VipImage image(List<VipRow.Backend> rows) {
        return VipImage.EMPTY.apply(
                java.util.stream.Stream.concat(
                                java.util.stream.Stream.of(
                                        new VipRow.Address("web.marathon", ip("11.0.0.1"))),
                                rows.stream())
                        .map(row -> Change.<VipRow>add(row))
                        .toList());
    }

    private static IpAddress ip(String text) {
        return IpAddress.literal(text);
    }

    @Provide
    Arbitrary<List<Member>> members() {
        return Combinators.combine(
                        Arbitraries.of(AGENTS).map(IpAddress::literal),
                        Arbitraries.of(true, true, false),
                        Arbitraries.of(true, true, false))
                .as(Member::new)
                .list()
                .ofMaxSize(7)
                .withoutEdgeCases();
    }

    @Provide
    Arbitrary<List<VipRow.Backend>> rows() {
        return Combinators.combine(
                        Arbitraries.of("192.0.2.1", "192.0.2.2", "9.0.0.5", "198.51.100.9"),
                        Arbitraries.of(AGENTS).map(IpAddress::literal).optional(),
                        Arbitraries.of(BackendState.class),
                        Arbitraries.of("t1", "t2"),
                        Arbitraries.integers().between(1, 5))
                .as(ReachabilityLawTest::row)
                .list()
                .ofMaxSize(8)
                .withoutEdgeCases();
    }

    private static VipRow.Backend row(
            String address, Optional<IpAddress> at, String task, int weight) {
        return row(address, at, BackendState.SERVING, task, weight);
    }

    private static VipRow.Backend row(
            String address, Optional<IpAddress> at, BackendState state, String task, int weight) {
        return new VipRow.Backend(
                new VipKey("web.marathon", Protocol.TCP, 80),
                new Endpoint(ip(address), 80, Protocol.TCP),
                "marathon:/web " + task,
                "S1",
                Optional.empty(),
                state,
                state == BackendState.SERVING ? weight : 0,
                VipOptions.NONE,
                at);
    }
}
