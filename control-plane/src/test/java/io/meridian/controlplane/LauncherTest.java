package io.meridian.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * The script {@code meridian} with a Java that prints its arguments, in a folder as an operator
 * installs it.
 */
class LauncherTest {
    @TempDir Path directory;
    private Path root = Path.of("");
    private Path jre = Path.of("");
    private Path program = Path.of("");

    @BeforeEach
    void install() throws IOException {
        root = Files.createDirectories(directory.resolve("meridian"));
        copy("meridian");
        copy(".mvn/jdk.sh");
        program = Files.createDirectories(root.resolve("control-plane/target/program/meridian"));
        Files.createFile(program.resolve("meridian-start.jar"));
        jre = java("jre", "java");
    }

    private void copy(String file) throws IOException {
        Path to = root.resolve(file);
        Files.createDirectories(to.getParent());
        Files.copy(Path.of("..").resolve(file), to);
    }

    /** A Java 25 whose programs print their names and arguments. */
    private Path java(String name, String... programs) throws IOException {
        Path home = directory.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        for (String one : programs) {
            script(home.resolve("bin").resolve(one), "echo " + name + " \"$@\"");
        }
        return home;
    }

    private static void script(Path file, String command) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + command + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aRuntimeWithoutCompilerRunsABuiltProgramWithoutAHome() throws Exception {
        Result result = run(Map.of("JAVA_HOME", jre.toString()), "services");

        assertThat(result.output())
                .endsWith("-jar " + program.resolve("meridian-start.jar") + " services\n")
                .doesNotContain("unbound");
        assertThat(result.code()).isZero();
    }

    @Test
    void anInstalledProgramIsNeverBuilt() throws Exception {
        // newer than the jar, as after an unpacked archive or a copy
        Files.createDirectories(root.resolve("domain/src/main"));
        Files.createFile(root.resolve("pom.xml"));

        Result result = run(Map.of("JAVA_HOME", jre.toString()), "run");

        assertThat(result.output()).doesNotContain("build");
        assertThat(result.code()).isZero();
    }

    @Test
    void aServiceNeverBuildsAtItsStart() throws Exception {
        script(root.resolve("mvnw"), "echo BUILT >&2; exit 1");
        Files.createFile(root.resolve("pom.xml"));
        Files.setLastModifiedTime(
                program.resolve("meridian-start.jar"), FileTime.from(Instant.EPOCH));

        Result service =
                run(Map.of("JAVA_HOME", jre.toString(), "NOTIFY_SOCKET", "/run/notify"), "run");

        assertThat(service.output()).doesNotContain("build").endsWith(" run\n");
        assertThat(service.code()).isZero();
    }

    @Test
    void withoutAProgramAndSourcesThereIsNothingToStart() throws Exception {
        Files.delete(program.resolve("meridian-start.jar"));

        Result result = run(Map.of("JAVA_HOME", jre.toString()), "run");

        assertThat(result.output())
                .isEqualTo(
                        "meridian: there is no program in "
                                + program
                                + ", and no mvnw to build it\n");
        assertThat(result.code()).isOne();
    }

    @Test
    void anArchiveOfAnotherJavaIsNotUsed() throws Exception {
        Path archive = Files.createDirectory(program.resolve("archive"));
        Files.createFile(archive.resolve("client.jsa"));
        Files.writeString(archive.resolve("java"), "another");

        assertThat(run(Map.of("MERIDIAN_JAVA_HOME", jre.toString()), "nodes").output())
                .doesNotContain("SharedArchiveFile");
    }

    private record Result(int code, String output) {}

    /** With nothing in the environment but these and a path, so without HOME. */
    private Result run(Map<String, String> environment, String argument) throws Exception {
        Map<String, String> all = new HashMap<>(environment);
        all.put("PATH", "/usr/bin:/bin");
        ProcessBuilder builder =
                new ProcessBuilder("bash", root.resolve("meridian").toString(), argument)
                        .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(all);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
