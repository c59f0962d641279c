package io.meridian.dns.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.dns.Frontends;
import io.meridian.domain.net.AddressPrefix;
import io.meridian.domain.net.IpAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

class AllowedClientsTest {
    private static InetAddress address(String text) {
        try {
            return InetAddress.getByAddress(IpAddress.literal(text).bytes());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static AddressPrefix prefix(String address, int length) {
        return AddressPrefix.around(IpAddress.literal(address), length);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "10.255.0.1, true",
        "172.15.255.255, false",
        "172.16.0.0, true",
        "172.31.255.255, true",
        "172.32.0.0, false",
        "192.168.7.7, true",
        "100.63.255.255, false",
        "100.64.0.1, true",
        "100.127.255.255, true",
        "100.128.0.0, false",
        "169.254.1.1, true",
        "198.51.100.10, true",
        "8.8.8.8, false",
        "203.0.113.5, false",
        "::1, true",
        "::2, false",
        "fd01:d::1, true",
        "fe80::1, true",
        "febf::1, true",
        "fec0::1, false",
        "2001:db8::1, false"
    })
    void byDefaultOnlyPrivateAddressesAreAllowed(String client, boolean allowed) {
        assertThat(Frontends.settings("").recursion().contains(address(client))).isEqualTo(allowed);
    }

    @Test
    void allowedClientsFollowTheHostsNetworks() {
        List<AddressPrefix> networks = new ArrayList<>(List.of(prefix("203.0.113.9", 24)));
        long[] now = {0};
        AllowedClients clients =
                new AllowedClients(List.of(), true, () -> List.copyOf(networks), () -> now[0]);
        assertThat(clients.contains(address("203.0.113.77"))).isTrue();
        assertThat(clients.contains(address("203.0.114.1"))).isFalse();
        networks.set(0, prefix("203.0.114.9", 25));
        assertThat(clients.contains(address("203.0.114.1"))).isFalse();
        now[0] = 10_000_000_001L;
        assertThat(clients.contains(address("203.0.114.1"))).isTrue();
        assertThat(clients.contains(address("203.0.114.129"))).isFalse();
        assertThat(clients.contains(address("203.0.113.77"))).isFalse();
    }

    @Test
    void allAndNoClientsCanBeAllowed() {
        AllowedClients all = AllowedClients.of(List.of("0.0.0.0/0", "::/0"));
        assertThat(all.contains(address("8.8.8.8"))).isTrue();
        assertThat(all.contains(address("2001:db8::1"))).isTrue();
        AllowedClients none = AllowedClients.of(List.of());
        assertThat(none.contains(address("127.0.0.1"))).isFalse();
        for (String wrong :
                List.of(
                        "10.0.0.0/33",
                        "10.0.0.0/",
                        "10.0.0/8",
                        "::/129",
                        "all",
                        "10.0.0.0/-1",
                        "10.0.0.1/8")) {
            assertThatThrownBy(() -> AllowedClients.of(List.of(wrong)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(wrong);
        }
    }
}
