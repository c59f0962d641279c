package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

class L4lbZoneTest {
    private static final String A = " A ";
    private static final String AAAA = " AAAA ";
    private static final String WEB = "web.marathon.l4lb.thisdcos.directory";

    @Test
    void aVipWithAddressAndBackendIsListed() {
        assertThat(
                        text(
                                address("web.marathon", "11.0.0.1"),
                                backend("web.marathon", 80, "192.0.2.1")))
                .containsExactly(WEB + A + "11.0.0.1");
    }

    @Test
    void oneAddressPerFamilyThatHasABackend() {
        VipRow v4 = address("web.marathon", "11.0.0.1");
        VipRow v6 = address("web.marathon", "fd01:c::1");
        assertThat(text(v4, v6, backend("web.marathon", 80, "2001:db8::1")))
                .containsExactly(WEB + AAAA + "fd01:c::1");
        assertThat(
                        text(
                                v4,
                                v6,
                                backend("web.marathon", 80, "2001:db8::1"),
                                backend("web.marathon", 81, "192.0.2.1")))
                .containsExactly(WEB + A + "11.0.0.1", WEB + AAAA + "fd01:c::1");
    }

    @Test
    void anAddressWithoutBackendAndABackendWithoutAddressAreNotListed() {
        assertThat(text(address("web.marathon", "11.0.0.1"))).isEmpty();
        assertThat(text(backend("web.marathon", 80, "192.0.2.1"))).isEmpty();
    }

    @Test
    void anIpVipHasNoName() {
        assertThat(text(address("11.9.9.9", "11.9.9.9"), backend("11.9.9.9", 80, "192.0.2.1")))
                .isEmpty();
        assertThat(text(backend("fd01:c::9", 80, "2001:db8::1"))).isEmpty();
    }

    @Test
    void aDrainingBackendKeepsTheName() {
        VipRow draining =
                new VipRow.Backend(
                        new VipKey("web.marathon", Protocol.TCP, 80),
                        endpoint("192.0.2.1"),
                        "t",
                        "a",
                        Optional.empty(),
                        BackendState.DRAINING,
                        0);
        assertThat(text(address("web.marathon", "11.0.0.1"), draining))
                .containsExactly(WEB + A + "11.0.0.1");
    }

    @Test
    void onlyTheLastBackendRemovesTheName() {
        VipRow first = backend("web.marathon", 80, "192.0.2.1");
        VipRow second = backend("web.marathon", 443, "192.0.2.2");
        L4lbZone both = zone(address("web.marathon", "11.0.0.1"), first, second);

        L4lbZone.Step one = both.apply(List.of(Change.remove(first)));
        assertThat(one.changes()).isEmpty();
        L4lbZone.Step none = one.next().apply(List.of(Change.remove(second)));
        assertThat(none.changes())
                .containsExactly(
                        Change.remove(
                                new ZoneRow(L4lbZone.ORIGIN, WEB, RecordType.A, "11.0.0.1", "")));
        assertThat(none.next().records()).isEmpty();
    }

    @Test
    void aReplacedBackendWithinOneStepIsNoChange() {
        VipRow old = backend("web.marathon", 80, "192.0.2.1");
        VipRow young = backend("web.marathon", 80, "192.0.2.2");
        L4lbZone before = zone(address("web.marathon", "11.0.0.1"), old);
        assertThat(before.apply(List.of(Change.remove(old), Change.add(young))).changes())
                .isEmpty();
    }

    @Property(tries = 300)
    void anyBatchingOfChangesGivesTheZoneOfTheImage(
            @ForAll("changes") List<Change<VipRow>> changes, @ForAll int split) {
        int cut = changes.isEmpty() ? 0 : Math.floorMod(split, changes.size() + 1);
        VipImage image = VipImage.EMPTY.apply(changes);
        L4lbZone.Step head = L4lbZone.EMPTY.apply(changes.subList(0, cut));
        L4lbZone.Step tail = head.next().apply(changes.subList(cut, changes.size()));

        assertThat(tail.next()).isEqualTo(L4lbZone.of(image));
        List<Change<ZoneRow>> rows = new ArrayList<>(head.changes());
        rows.addAll(tail.changes());
        assertThat(ZoneImage.EMPTY.apply(rows)).isEqualTo(tail.next().zone());
        List<Change<ZoneRow>> reverse = new ArrayList<>(head.reverse());
        reverse.addAll(tail.reverse());
        assertThat(ZoneImage.EMPTY.apply(reverse).rows()).isEqualTo(tail.next().reverse());
    }

    @Test
    void aVipsAddressHasAReverseRecord() {
        VipRow first = backend("web.marathon", 80, "192.0.2.1");
        L4lbZone.Step step =
                L4lbZone.EMPTY.apply(
                        List.of(
                                Change.add(address("web.marathon", "11.0.0.1")),
                                Change.add(address("web.marathon", "fd01:c::1")),
                                Change.add(first)));
        ZoneRow row =
                new ZoneRow("in-addr.arpa", "1.0.0.11.in-addr.arpa", RecordType.PTR, WEB + ".", "");

        assertThat(step.reverse()).containsExactly(Change.add(row));
        assertThat(step.next().reverse()).containsExactly(row);
        assertThat(step.next().apply(List.of(Change.remove(first))).reverse())
                .containsExactly(Change.remove(row));
    }

    @Property(tries = 300)
    void theZoneHasExactlyTheAddressesOfServedNamedVips(
            @ForAll("changes") List<Change<VipRow>> changes) {
        VipImage image = VipImage.EMPTY.apply(changes);
        List<String> served =
                image.vips().stream()
                        .filter(vip -> vip.key().literal().isEmpty())
                        .map(
                                vip ->
                                        vip.key().name()
                                                + "."
                                                + L4lbZone.ORIGIN
                                                + (vip.address().isIpv4() ? A : AAAA)
                                                + vip.address())
                        .distinct()
                        .toList();
        assertThat(text(L4lbZone.of(image))).containsExactlyInAnyOrderElementsOf(served);
    }

    @Provide
    Arbitrary<List<Change<VipRow>>> changes() {
        Arbitrary<String> name =
                Arbitraries.of("web.marathon", "db.marathon", "api.v1.marathon", "11.0.0.9");
        Arbitrary<String> ip = Arbitraries.of("192.0.2.1", "192.0.2.2", "2001:db8::1");
        Arbitrary<VipRow> address =
                Combinators.combine(name, Arbitraries.of("11.0.0.1", "11.0.0.2", "fd01:c::1"))
                        .as(L4lbZoneTest::address);
        Arbitrary<VipRow> backend =
                Combinators.combine(name, Arbitraries.of(80, 443), ip).as(L4lbZoneTest::backend);
        return Combinators.combine(
                        Arbitraries.of(true, true, false), Arbitraries.oneOf(address, backend))
                .as((Boolean added, VipRow row) -> new Change<>(added, row))
                .list()
                .ofMaxSize(25);
    }

    private static L4lbZone zone(VipRow... rows) {
        return L4lbZone.EMPTY.apply(Arrays.stream(rows).map(Change::add).toList()).next();
    }

    private static List<String> text(VipRow... rows) {
        return text(zone(rows));
    }

    private static List<String> text(L4lbZone zone) {
        return zone.records().stream()
                .map(r -> r.name() + " " + r.type() + " " + r.data())
                .toList();
    }

    private static VipRow address(String name, String address) {
        return new VipRow.Address(name, IpAddress.literal(address));
    }

    private static VipRow backend(String name, int port, String address) {
        return new VipRow.Backend(
                new VipKey(name, Protocol.TCP, port),
                endpoint(address),
                "t",
                "a",
                Optional.empty(),
                BackendState.SERVING,
                1);
    }

    private static Endpoint endpoint(String address) {
        return new Endpoint(IpAddress.literal(address), 31000, Protocol.TCP);
    }
}
