package io.meridian.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

class IpvsDiffLawTest {
    private static final List<Endpoint> SERVERS =
            List.of(
                    Samples.tcp("11.0.0.1:80"),
                    Samples.tcp("11.0.0.1:443"),
                    Samples.udp("11.0.0.1:80"),
                    Samples.tcp("11.0.0.2:80"),
                    Samples.tcp("[fd01:c::1]:80"));
    private static final int REALS = 4;

    @Property
    void aSharingTableEqualsTheOriginal(
            @ForAll("desired") KernelState state, @ForAll("observed") KernelState other) {
        KernelState shared = state.sharing(other);

        assertThat(shared).isEqualTo(state);
        for (IpvsTable.Entry entry : shared.table().entries()) {
            other.table()
                    .get(entry.server().endpoint())
                    .filter(entry::equals)
                    .ifPresent(twin -> assertThat(entry).isSameAs(twin));
        }
    }

    @Property(tries = 3000)
    void applyingTheDiffReachesDesired(
            @ForAll("desired") KernelState desired, @ForAll("observed") KernelState observed) {
        KernelModel model = KernelModel.of(observed);

        for (Operation operation : IpvsDiff.diff(desired, observed).operations()) {
            assertThat(model.apply(operation)).as("refusal of %s", operation).isEmpty();
        }

        assertThat(model.state()).isEqualTo(desired);
    }

    @Property
    void equalStatesNeedNoOperation(@ForAll("desired") KernelState state) {
        KernelState equal = KernelModel.of(state).state();

        assertThat(IpvsDiff.diff(state, equal).isEmpty()).isTrue();
        assertThat(IpvsDiff.diff(state, equal).operations()).isEmpty();
        assertThat(IpvsDiff.diff(state, state).operations()).isEmpty();
    }

    @Property(tries = 3000)
    void aVipThatServesBeforeAndAfterServesThroughout(
            @ForAll("desired") KernelState desired, @ForAll("observed") KernelState observed) {
        List<Endpoint> kept =
                SERVERS.stream()
                        .filter(
                                server ->
                                        serves(desired.table(), server)
                                                && serves(observed.table(), server))
                        .toList();
        KernelModel model = KernelModel.of(observed);

        for (Operation operation : IpvsDiff.diff(desired, observed).operations()) {
            model.apply(operation);
            IpvsTable now = model.state().table();
            assertThat(kept)
                    .as("serving after %s", operation)
                    .allMatch(server -> serves(now, server));
        }
    }

    @Property(tries = 3000)
    void anAddressIsNeverRoutedWithoutAVirtualServerUnlessItWasBefore(
            @ForAll("desired") KernelState desired, @ForAll("observed") KernelState observed) {
        Set<IpAddress> brokenBefore = new TreeSet<>(observed.routes());
        brokenBefore.removeAll(addresses(observed.table()));
        KernelModel model = KernelModel.of(observed);

        for (Operation operation : IpvsDiff.diff(desired, observed).operations()) {
            model.apply(operation);
            Set<IpAddress> bare = new TreeSet<>(model.state().routes());
            bare.removeAll(addresses(model.state().table()));
            bare.removeAll(brokenBefore);
            assertThat(bare).as("routed without virtual server after %s", operation).isEmpty();
        }
    }

    private static boolean serves(IpvsTable table, Endpoint server) {
        return table.get(server).stream()
                .flatMap(entry -> entry.realServers().stream())
                .anyMatch(RealServer::serves);
    }

    private static Set<IpAddress> addresses(IpvsTable table) {
        Set<IpAddress> all = new TreeSet<>();
        table.entries().forEach(entry -> all.add(entry.server().endpoint().address()));
        return all;
    }

    /** States as of {@link DesiredState}: every address routed, the interface up. */
    @Provide
    Arbitrary<KernelState> desired() {
        return tables().map(table -> KernelState.of(table, addresses(table), LinkState.UP));
    }

    /** Any state of a kernel, also of other programs. */
    @Provide
    Arbitrary<KernelState> observed() {
        Arbitrary<Set<Endpoint>> routed = Arbitraries.of(SERVERS).set().ofMaxSize(SERVERS.size());
        return Combinators.combine(tables(), routed, Arbitraries.of(LinkState.class))
                .as(
                        (table, routes, link) ->
                                KernelState.of(
                                        table,
                                        link == LinkState.UP
                                                ? routes.stream().map(Endpoint::address).toList()
                                                : List.of(), // a link that is down has no routes
                                        link));
    }

    private static Arbitrary<IpvsTable> tables() {
        Arbitrary<VirtualServer> server =
                Arbitraries.of(SERVERS)
                        .flatMap(
                                endpoint ->
                                        Arbitraries.of("wlc", "rr")
                                                .flatMap(
                                                        scheduler ->
                                                                Arbitraries.of(
                                                                                0,
                                                                                VirtualServer
                                                                                        .ONE_PACKET)
                                                                        .map(
                                                                                flags ->
                                                                                        new VirtualServer(
                                                                                                endpoint,
                                                                                                scheduler,
                                                                                                flags,
                                                                                                0,
                                                                                                endpoint.address()
                                                                                                                .isIpv4()
                                                                                                        ? 32
                                                                                                        : 128))));
        Arbitrary<List<Integer>> weights =
                Arbitraries.integers()
                        .between(-1, 2)
                        .list()
                        .ofSize(REALS); // -1: no such real server
        return Combinators.combine(server, weights)
                .as(Tuple::of)
                .list()
                .ofMaxSize(6)
                .map(
                        entries -> {
                            IpvsTable.Builder table = new IpvsTable.Builder();
                            entries.forEach(
                                    entry ->
                                            table.put(
                                                    entry.get1(),
                                                    reals(entry.get1(), entry.get2())));
                            return table.build();
                        });
    }

    private static List<RealServer> reals(VirtualServer server, List<Integer> weights) {
        String format = server.endpoint().address().isIpv4() ? "10.0.0.%d" : "fd02::%d";
        List<RealServer> reals = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            if (weights.get(i) >= 0) {
                Endpoint endpoint =
                        new Endpoint(
                                IpAddress.literal(
                                        String.format(java.util.Locale.ROOT, format, i + 1)),
                                8080,
                                server.endpoint().protocol());
                reals.add(RealServer.masquerade(endpoint, weights.get(i)));
            }
        }
        return reals;
    }
}
