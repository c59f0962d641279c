package io.meridian.domain.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.table.Change;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

class PoolUseTest {
    private static final AddressRange RANGE = AddressRange.parse("11.0.0.0-11.0.0.2").orElseThrow();

    @Test
    void namesAndIpVipsTakeAddressesOfARange() {
        VipImage image =
                image(
                        new VipRow.Address("a.marathon", ip("11.0.0.0")),
                        new VipRow.Address("a.marathon", ip("fd01:c::1")),
                        new VipRow.Address("b.marathon", ip("12.0.0.1")),
                        backend("11.0.0.1"));

        assertThat(PoolUse.of(RANGE, image).free()).isEqualTo(1);
        assertThat(PoolUse.of(RANGE, VipImage.EMPTY).free()).isEqualTo(3);
    }

    @Test
    void onlyANameWithoutAddressOfAFullRangeIsRefused() {
        VipRow one = new VipRow.Address("a.marathon", ip("11.0.0.0"));
        VipRow six = new VipRow.Address("c.marathon", ip("fd01:c::1"));
        VipImage free = image(one, six, backend("11.0.0.1"));
        VipImage full = image(one, six, backend("11.0.0.1"), backend("11.0.0.2"));

        assertThat(refusals("c.marathon", free)).isEmpty();
        assertThat(refusals("a.marathon", full)).isEmpty();
        assertThat(refusals("c.marathon", full))
                .containsExactly(
                        "VIP c.marathon has no IPv4 address, because all of 11.0.0.0-11.0.0.2 are"
                            + " taken; release unused names by meridian vips release, or enlarge"
                            + " vip.range");
    }

    private static List<String> refusals(String name, VipImage image) {
        return PoolUse.refusals(name, List.of(PoolUse.of(RANGE, image)), image);
    }

    private static VipRow backend(String vip) {
        return new VipRow.Backend(
                new VipKey(vip, Protocol.TCP, 80),
                new Endpoint(ip("192.0.2.1"), 80, Protocol.TCP),
                "marathon:/web t1",
                "a-S1",
                Optional.empty(),
                BackendState.SERVING,
                1);
    }

    private static VipImage image(VipRow... rows) {
        return VipImage.EMPTY.apply(Stream.of(rows).map(Change::add).toList());
    }

    private static IpAddress ip(String text) {
        return IpAddress.literal(text);
    }
}
