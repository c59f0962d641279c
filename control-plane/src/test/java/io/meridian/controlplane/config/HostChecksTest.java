package io.meridian.controlplane.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class HostChecksTest {
    @TempDir Path directory;

    @Test
    void aDirectoryThatCanBeMadeIsNotMade() {
        Path state = directory.resolve("lib/meridian");

        assertThatCode(() -> HostChecks.requireWritable("state.directory", state))
                .doesNotThrowAnyException();
        assertThat(directory.resolve("lib")).doesNotExist();
    }

    @Test
    void aFileIsNoDirectory() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(
                        () -> HostChecks.requireWritable("state.directory", file.resolve("images")))
                .hasMessage(
                        "setting meridian.state.directory must be a directory: was "
                                + file.resolve("images")
                                + ": "
                                + file
                                + " is not a directory");
    }

    /** No user can make a file in {@code /proc/self}. */
    @Test
    void aDirectoryThatCannotBeWrittenIsRefused() {
        assertThatThrownBy(
                        () ->
                                HostChecks.requireWritable(
                                        "state.directory", Path.of("/proc/self/meridian/images")))
                .hasMessageContaining("setting meridian.state.directory must be a directory that")
                .hasMessageContaining("/proc/self/meridian/images: ")
                .hasMessageContaining("write /proc/self");
    }

    @Test
    void onlyAddressesOfThisHostCanBeListenedOn() {
        assertThatCode(
                        () ->
                                HostChecks.requireOwn(
                                        "dns.listen",
                                        List.of(
                                                new InetSocketAddress("0.0.0.0", 53),
                                                new InetSocketAddress("::", 53),
                                                new InetSocketAddress("127.0.0.77", 53))))
                .doesNotThrowAnyException();
        assertThatThrownBy(
                        () ->
                                HostChecks.requireOwn(
                                        "dns.listen",
                                        List.of(
                                                new InetSocketAddress("127.0.0.1", 53),
                                                new InetSocketAddress("192.0.2.7", 53))))
                .hasMessage(
                        "setting meridian.dns.listen must be an address of this host: was"
                                + " 192.0.2.7: no interface of this host has it");
    }
}
