package io.meridian.ipvs.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.ipvs.uml.GuestRun;
import io.meridian.ipvs.uml.GuestTests;
import io.meridian.ipvs.uml.SystemdUnit;
import io.meridian.ipvs.uml.UmlKernel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The agent's unit in {@code conf/systemd}: its user and capabilities are enough for its work. */
class AgentUnitTest {
    private static final Path UNITS = Path.of("../conf/systemd");
    private static final Path BASE = UNITS.resolve("meridian-agent.service");
    private static final Path DROP_INS = UNITS.resolve("meridian-agent.service.d");
    private static final SystemdUnit UNIT = SystemdUnit.read(BASE);
    private static final SystemdUnit COMPLETE =
            SystemdUnit.read(
                    BASE,
                    DROP_INS.resolve("containers.conf"),
                    DROP_INS.resolve("iptables-legacy.conf"));

    @Test
    void theUnitHasTheLeastAndEachDropInAddsWhatItSays() {
        for (SystemdUnit unit : List.of(UNIT, COMPLETE)) {
            assertThat(unit.values("User")).containsExactly("meridian");
            assertThat(unit.values("NoNewPrivileges")).containsExactly("true");
            assertThat(unit.values("CapabilityBoundingSet"))
                    .isEqualTo(unit.values("AmbientCapabilities"));
        }
        assertThat(UNIT.capabilities()).containsExactly("net_admin", "net_bind_service");
        assertThat(UNIT.values("RestrictNamespaces")).containsExactly("true");
        assertThat(COMPLETE.capabilities())
                .containsExactly("net_admin", "net_bind_service", "net_raw", "sys_admin");
        assertThat(COMPLETE.values("RestrictNamespaces")).containsExactly("true", "net");
    }

    /** Boots a kernel and runs {@link AgentUnitGuest} as the unit, without and with drop-ins. */
    @Test
    @Timeout(value = 16, unit = TimeUnit.MINUTES)
    void theWriterDoesAnAgentsWorkWithExactlyTheUnitsCapabilities() throws Exception {
        GuestRun.requirePackages();
        Path folder = Path.of("target", "uml-unit").toAbsolutePath();
        CopiedClasses classes = CopiedClasses.classes();
        UmlKernel.Run run =
                UmlKernel.run(
                        folder,
                        """
                        chmod 777 .
                        %s
                        ip netns add box
                        ip -n box link add minuteman type dummy
                        touch /run/xtables.lock
                        %s
                        %s
                        %s
                        """
                                .formatted(
                                        classes.copy(),
                                        UNIT.as(java(folder, classes, false)),
                                        COMPLETE.preparation(),
                                        COMPLETE.as(java(folder, classes, true))),
                        Duration.ofMinutes(15));
        assertThat(run.output().lines().filter(line -> line.matches("(PASS|FAIL) .*")))
                .as(run::output)
                .containsExactly(
                        "PASS AgentUnitGuest.theWriterWorksAsFarAsTheUnitAllows",
                        "PASS AgentUnitGuest.theWriterWorksAsFarAsTheUnitAllows");
    }

    private static String java(Path folder, CopiedClasses classes, boolean complete)
            throws Exception {
        String command =
                UmlKernel.java(
                        folder,
                        "-Xmx300m -Dmeridian.unit.complete=" + complete,
                        GuestTests.class.getName(),
                        AgentUnitGuest.class.getName());
        Files.writeString(
                folder.resolve("java-" + GuestTests.class.getName() + ".args"),
                "-cp " + classes.path() + "\n");
        return command;
    }

    /**
     * The class path for the unit's user in the guest, to whom the folders of the build need not be
     * readable.
     *
     * @param copy shell lines that make it
     */
    private record CopiedClasses(String path, String copy) {
        private static final String FOLDER = "/run/classes";

        static CopiedClasses classes() {
            String classPath =
                    System.getProperty(
                            "surefire.test.class.path", System.getProperty("java.class.path"));
            List<Path> entries =
                    Stream.of(classPath.split(File.pathSeparator))
                            .map(entry -> Path.of(entry).toAbsolutePath().normalize())
                            .filter(Files::exists)
                            .distinct()
                            .toList();
            return new CopiedClasses(
                    entries.stream()
                            .map(entry -> FOLDER + entry)
                            .collect(Collectors.joining(File.pathSeparator)),
                    """
                    mkdir %1$s
                    cp -r --parents -t %1$s %2$s
                    chmod -R a+rX %1$s\
                    """
                            .formatted(
                                    FOLDER,
                                    entries.stream()
                                            .map(Path::toString)
                                            .collect(Collectors.joining(" "))));
        }
    }
}
