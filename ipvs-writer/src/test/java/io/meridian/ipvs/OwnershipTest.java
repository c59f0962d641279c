package io.meridian.ipvs;

import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.serving;
import static io.meridian.ipvs.Samples.tcp;
import static io.meridian.ipvs.Samples.wlc;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.AddressRange;

import org.junit.jupiter.api.Test;

import java.util.List;

class OwnershipTest {
    private static final Ownership OWNERSHIP =
            new Ownership(
                    AddressRange.parse("11.0.0.0-11.255.255.255").orElseThrow(),
                    AddressRange.parse("fd01:c::-fd01:c::ffff:ffff:ffff:ffff").orElseThrow());
    private static final KernelState NOTHING =
            KernelState.of(IpvsTable.EMPTY, List.of(), LinkState.UP);

    @Test
    void virtualServersInsideTheRangeAreOwned() {
        KernelState kernel = serving("11.0.0.1:80", real("10.0.0.1:8080", 1));

        assertThat(OWNERSHIP.claim(NOTHING, kernel).observed()).isEqualTo(kernel);
    }

    @Test
    void virtualServersOutsideTheRangeWithoutAnOwnRouteAreNotOwned() {
        KernelState kernel =
                KernelState.of(
                        serving("192.168.7.1:80", real("10.0.0.1:8080", 1)).table(),
                        List.of(),
                        LinkState.UP);

        assertThat(OWNERSHIP.claim(NOTHING, kernel).observed()).isEqualTo(NOTHING);
    }

    @Test
    void anIpVipWithAnOwnRouteIsOwned() {
        KernelState kernel = serving("10.9.0.1:80", real("10.0.0.1:8080", 1));

        assertThat(OWNERSHIP.claim(NOTHING, kernel).observed()).isEqualTo(kernel);
    }

    @Test
    void anIpVipAtAnAddressOfAnotherProgramIsOmitted() {
        KernelState desired = serving("10.9.0.1:80", real("10.0.0.1:8080", 1));
        KernelState kernel =
                KernelState.of(
                        serving("10.9.0.1:443", real("10.0.0.7:443", 1)).table(),
                        List.of(),
                        LinkState.UP);

        Ownership.Claim claim = OWNERSHIP.claim(desired, kernel);

        assertThat(claim.desired()).isEqualTo(NOTHING);
        assertThat(claim.observed()).isEqualTo(NOTHING);
        assertThat(claim.conflicts()).containsOnlyKeys(ip("10.9.0.1"));
        assertThat(claim.conflicts().get(ip("10.9.0.1"))).containsExactly(tcp("10.9.0.1:443"));
    }

    @Test
    void anUnfinishedIpVipIsResumed() {
        KernelState desired =
                serving("10.9.0.1:80", real("10.0.0.1:8080", 1), real("10.0.0.2:8080", 1));
        KernelState kernel =
                KernelState.of(
                        serving("10.9.0.1:80", real("10.0.0.1:8080", 1)).table(),
                        List.of(),
                        LinkState.UP);

        Ownership.Claim claim = OWNERSHIP.claim(desired, kernel);

        assertThat(claim.desired()).isEqualTo(desired);
        assertThat(claim.observed()).isEqualTo(kernel);
        assertThat(claim.conflicts()).isEmpty();
    }

    @Test
    void aVirtualServerWithAForeignRealServerIsNotAdopted() {
        KernelState desired = serving("10.9.0.1:80", real("10.0.0.1:8080", 1));
        KernelState kernel =
                KernelState.of(
                        new IpvsTable.Builder()
                                .put(wlc(tcp("10.9.0.1:80")), List.of(real("10.0.0.7:8080", 1)))
                                .build(),
                        List.of(),
                        LinkState.UP);

        assertThat(OWNERSHIP.claim(desired, kernel).conflicts()).containsOnlyKeys(ip("10.9.0.1"));
    }

    @Test
    void onlyANewAddressOutsideTheRangeNeedsADump() {
        KernelState ipVip = serving("10.9.0.1:80", real("10.0.0.1:8080", 1));

        assertThat(OWNERSHIP.isUndisputed(serving("11.0.0.1:80"), NOTHING)).isTrue();
        assertThat(OWNERSHIP.isUndisputed(ipVip, NOTHING)).isFalse();
        assertThat(OWNERSHIP.isUndisputed(ipVip, ipVip)).isTrue();
    }
}
