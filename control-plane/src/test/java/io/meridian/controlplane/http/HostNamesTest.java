package io.meridian.controlplane.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class HostNamesTest {
    private final HostNames names = new HostNames(List.of("node-1", "meridian.example.org"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "LOCALHOST",
                "localhost.",
                "node-1",
                "Node-1",
                "127.0.0.1",
                "10.9.8.7",
                "[::1]",
                "::1",
                "2001:db8::1",
                "meridian.example.org",
                "meridian.example.org."
            })
    void addressesAndOwnNamesAreThisNode(String host) {
        assertThat(names.includes(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "node-2",
                "example.org",
                "127.1",
                "0x7f000001"
            })
    void anyOtherNameIsNot(String host) {
        assertThat(names.includes(host)).isFalse();
    }
}
