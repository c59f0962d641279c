package io.meridian.ipvs.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class HostSetupTest {
    @TempDir private Path folder;

    private final List<String> run = new ArrayList<>();
    private Commands.Result modprobe = new Commands.Result(0, "");

    @BeforeEach
    void aHostWithLinuxDefaultsGetsAllSettings() throws IOException {
        write("sys/kernel/osrelease", "6.1.0-13-amd64");
        write("sys/net/ipv4/vs/conntrack", "0");
        write("sys/net/ipv4/vs/expire_nodest_conn", "0");
        write("sys/net/ipv4/vs/expire_quiescent_template", "0");
        write("sys/net/ipv4/vs/conn_reuse_mode", "1");
        write("sys/net/ipv4/ip_forward", "0");
    }

    @Test
    void kernelDefaultsAreReplacedByMeridiansSettings() throws IOException {
        assertThat(setup("").applySysctls(false))
                .isEqualTo(
                        new HostSetup.Report(
                                List.of(
                                        "net.ipv4.vs.conntrack from 0 to 1",
                                        "net.ipv4.vs.expire_nodest_conn from 0 to 1",
                                        "net.ipv4.vs.expire_quiescent_template from 0 to 1",
                                        "net.ipv4.ip_forward from 0 to 1"),
                                List.of()));
        assertThat(read("sys/net/ipv4/vs/conntrack")).isEqualTo("1");

        assertThat(setup("").applySysctls(false))
                .isEqualTo(new HostSetup.Report(List.of(), List.of()));
    }

    @Test
    void aContainerGetsNeitherTrackingNorForwarding() throws IOException {
        assertThat(setup("").applySysctls(true).changes())
                .containsExactly(
                        "net.ipv4.vs.expire_nodest_conn from 0 to 1",
                        "net.ipv4.vs.expire_quiescent_template from 0 to 1");
        assertThat(read("sys/net/ipv4/ip_forward")).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource({
        // kernel release, present value, setting, resulting value
        "6.1.0, 1, auto, 1",
        "6.1.0, 0, auto, 0", // the operator's choice stays
        "5.8.9, 1, auto, 0", // 1 would delay connections by a second
        "5.8.9, 2, auto, 2",
        "5.9.0, 1, auto, 1",
        "4.19.0-el8, 1, keep, 1",
        "6.1.0, 1, 2, 2",
        "not a number, 1, auto, 1"
    })
    void reuseOfPortsDependsOnTheKernel(String release, String there, String setting, String then)
            throws IOException {
        write("sys/kernel/osrelease", release);
        write("sys/net/ipv4/vs/conn_reuse_mode", there);

        assertThat(setup("sysctl.conn-reuse-mode = " + setting).applySysctls(false).warnings())
                .isEmpty();

        assertThat(read("sys/net/ipv4/vs/conn_reuse_mode")).isEqualTo(then);
    }

    @Test
    void aKeptSettingOfZeroIsAWarningWithItsConsequence() throws IOException {
        assertThat(
                        setup("sysctl { conntrack = keep, ip-forward = 0 }")
                                .applySysctls(false)
                                .warnings())
                .containsExactly(
                        "net.ipv4.vs.conntrack is 0 and stays so, as"
                                + " meridian.dataplane.sysctl.conntrack says; the masquerade rule"
                                + " will not match, and real servers may answer past this host",
                        "net.ipv4.ip_forward is 0 and stays so, as"
                                + " meridian.dataplane.sysctl.ip-forward says; connections of"
                                + " containers and other hosts to VIPs get no answers");
        assertThat(read("sys/net/ipv4/vs/conntrack")).isEqualTo("0");
    }

    @Test
    void aSettingThatTheKernelLacksIsAWarningUnlessItIsKept() throws IOException {
        Files.delete(folder.resolve("sys/net/ipv4/vs/conntrack"));

        assertThat(setup("").applySysctls(false).warnings())
                .singleElement()
                .satisfies(
                        warning ->
                                assertThat(warning)
                                        .startsWith(
                                                "cannot set net.ipv4.vs.conntrack:"
                                                        + " java.nio.file.NoSuchFileException")
                                        .endsWith(
                                                "set it by hand, or"
                                                    + " meridian.dataplane.sysctl.conntrack=keep to"
                                                    + " be quiet about it"));
        assertThat(setup("sysctl.conntrack = keep").applySysctls(false).warnings()).isEmpty();
    }

    @Test
    void missingModulesAreLoaded() throws IOException {
        Files.createDirectories(folder.resolve("module/ip_vs"));

        assertThat(setup("").loadModules()).isEmpty();

        assertThat(run).containsExactly("modprobe dummy", "modprobe ip_vs_wlc");
    }

    @Test
    void aModuleThatCannotBeLoadedIsAWarningWithItsConsequence() throws IOException {
        Files.createDirectories(folder.resolve("module/ip_vs"));
        Files.createDirectories(folder.resolve("module/dummy"));
        modprobe = new Commands.Result(1, "modprobe: FATAL: Module ip_vs_wlc not found.\n");

        assertThat(setup("").loadModules())
                .containsExactly(
                        "kernel module ip_vs_wlc is not loaded, and modprobe ip_vs_wlc fails: exit"
                                + " code 1, modprobe: FATAL: Module ip_vs_wlc not found.; unless it"
                                + " is built in, virtual servers with scheduler wlc will be"
                                + " refused; install the kernel's modules or load it, then"
                                + " restart");
    }

    @Test
    void withoutHostSetupNothingIsChanged() throws IOException {
        HostSetup off = setup("host-setup = false");

        assertThat(off.loadModules()).isEmpty();
        assertThat(off.applySysctls(false)).isEqualTo(new HostSetup.Report(List.of(), List.of()));
        assertThat(run).isEmpty();
        assertThat(read("sys/net/ipv4/vs/conntrack")).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sysctl.conntrack = maybe | setting meridian.dataplane.sysctl.conntrack must be"
                        + " auto, keep or a number between 0 and 99: was maybe",
                "skip-port-mapping = perhaps | setting meridian.dataplane.skip-port-mapping must be"
                        + " true or false: was perhaps"
            })
    void aRefusalNamesKeyRangeAndValue(String line, String message) {
        assertThatThrownBy(() -> settings(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void aMissingProgramIsNamed() {
        Commands.Result result = new Programs().run(List.of("/no/such/program", "-S"), "");

        assertThat(result.succeeded()).isFalse();
        assertThat(result.toString()).contains("/no/such/program");
    }

    @Test
    void aProgramGetsItsInputAndItsOutputIsRead() {
        String long1 = "x".repeat(200_000);

        assertThat(new Programs().run(List.of("cat"), long1))
                .isEqualTo(new Commands.Result(0, long1));
        assertThat(new Programs().run(List.of("ls", "/no/such/file"), "").toString())
                .startsWith("exit code 2, ls: ");
    }

    private HostSetup setup(String line) {
        return new HostSetup(
                settings(line),
                folder,
                folder.resolve("module"),
                (command, _) -> {
                    run.add(String.join(" ", command));
                    return modprobe;
                });
    }

    private static HostSettings settings(String line) {
        return HostSettings.from(
                ConfigFactory.parseString(line)
                        .withFallback(ConfigFactory.load().getConfig("meridian.dataplane")));
    }

    private void write(String file, String value) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, value + "\n");
    }

    private String read(String file) throws IOException {
        return Files.readString(folder.resolve(file)).strip();
    }
}
