package io.meridian.domain.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.table.Change;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

class VipImageTest {
    private static final VipRow WEB4 =
            new VipRow.Address("web.marathon", IpAddress.literal("11.0.0.1"));
    private static final VipRow WEB6 =
            new VipRow.Address("web.marathon", IpAddress.literal("fd01:c::1"));

    @Test
    void aVipHasAnAddressAndABackendOfItsFamily() {
        VipImage image =
                image(WEB4, WEB6, backend("web.marathon", "192.0.2.1", BackendState.SERVING));

        assertThat(text(image)).containsExactly("web.marathon:80/tcp 11.0.0.1 192.0.2.1:80/tcp=1");
    }

    @Test
    void backendsOfBothFamiliesMakeTwoVips() {
        VipImage image =
                image(
                        WEB4,
                        WEB6,
                        backend("web.marathon", "192.0.2.1", BackendState.SERVING),
                        backend("web.marathon", "2001:db8::1", BackendState.SERVING));

        assertThat(text(image))
                .containsExactly(
                        "web.marathon:80/tcp 11.0.0.1 192.0.2.1:80/tcp=1",
                        "web.marathon:80/tcp fd01:c::1 [2001:db8::1]:80/tcp=1");
    }

    @Test
    void rowsWithoutTheirCounterpartAreKeptAndLeftOut() {
        VipRow row = backend("web.marathon", "192.0.2.1", BackendState.SERVING);
        VipImage early = image(row);

        assertThat(image(WEB4).vips()).isEmpty();
        assertThat(early.vips()).isEmpty();
        assertThat(early.rows()).containsExactly(row);
        assertThat(early.apply(List.of(Change.add(WEB4))).vips()).hasSize(1);
    }

    @Test
    void anIpVipNeedsNoAddressRow() {
        assertThat(text(image(backend("11.0.0.9", "192.0.2.1", BackendState.SERVING))))
                .containsExactly("11.0.0.9:80/tcp 11.0.0.9 192.0.2.1:80/tcp=1");
    }

    @Test
    void unreachableBackendsServeOnlyWhereNoneOtherDoes() {
        VipRow lost = backend("web.marathon", "192.0.2.1", BackendState.UNREACHABLE);
        VipRow draining = backend("web.marathon", "192.0.2.2", BackendState.DRAINING);
        VipRow serving = backend("web.marathon", "192.0.2.3", BackendState.SERVING);

        assertThat(text(image(WEB4, lost, draining, serving)))
                .containsExactly(
                        "web.marathon:80/tcp 11.0.0.1 192.0.2.1:80/tcp=0 192.0.2.2:80/tcp=0"
                                + " 192.0.2.3:80/tcp=1");
        assertThat(text(image(WEB4, lost, draining)))
                .containsExactly(
                        "web.marathon:80/tcp 11.0.0.1 192.0.2.1:80/tcp=1 192.0.2.2:80/tcp=0");
        assertThat(text(image(WEB4, draining)))
                .containsExactly("web.marathon:80/tcp 11.0.0.1 192.0.2.2:80/tcp=0");
    }

    @Test
    void theLastResortIsJudgedByFamilyAndByVip() {
        VipRow lost6 = backend("web.marathon", "2001:db8::1", BackendState.UNREACHABLE);
        VipRow serving4 = backend("web.marathon", "192.0.2.3", BackendState.SERVING);
        VipRow lostElsewhere = backend("11.0.0.9", "192.0.2.1", BackendState.UNREACHABLE);

        assertThat(text(image(WEB4, WEB6, lost6, serving4, lostElsewhere)))
                .containsExactly(
                        "11.0.0.9:80/tcp 11.0.0.9 192.0.2.1:80/tcp=1",
                        "web.marathon:80/tcp 11.0.0.1 192.0.2.3:80/tcp=1",
                        "web.marathon:80/tcp fd01:c::1 [2001:db8::1]:80/tcp=1");
    }

    private static VipImage image(VipRow... rows) {
        return VipImage.EMPTY.apply(Stream.of(rows).map(Change::add).toList());
    }

    private static VipRow backend(String name, String address, BackendState state) {
        return new VipRow.Backend(
                new VipKey(name, Protocol.TCP, 80),
                new Endpoint(IpAddress.literal(address), 80, Protocol.TCP),
                "marathon:/web " + address,
                "a-S1",
                Optional.empty(),
                state,
                state == BackendState.SERVING ? 1 : 0);
    }

    private static List<String> text(VipImage image) {
        return image.vips().stream()
                .map(
                        vip ->
                                vip.backends().stream()
                                        .map(
                                                backend ->
                                                        " "
                                                                + backend.endpoint()
                                                                + "="
                                                                + backend.weight())
                                        .reduce(vip.key() + " " + vip.address(), String::concat))
                .toList();
    }
}
