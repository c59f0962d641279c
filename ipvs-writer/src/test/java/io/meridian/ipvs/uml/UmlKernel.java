package io.meridian.ipvs.uml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Boots Debian's user-mode Linux on the host's own files and runs a shell script in it as root,
 * with IPVS, dummy and veth interfaces, network namespaces and {@code iptables-legacy}. Takes two
 * seconds and no privilege on the host.
 *
 * <p>The guest sees the host's files, read and write, with the rights of the user who boots it: a
 * script must write below its own folder only, which is its working directory. {@code /proc},
 * {@code /sys} and {@code /run} are the guest's own.
 */
public final class UmlKernel {
    private static final Path PROGRAM = Path.of("/usr/bin/linux.uml");
    private static final Path MODULES = Path.of("/usr/lib/uml/modules");
    private static final long MEMORY_MIB = 1536;

    /** Script that prepares the guest; its kernel cannot load modules by itself. */
    private static final String LOADED =
            "ip_vs ip_vs_wlc ip_vs_wrr ip_vs_rr ip_vs_mh dummy veth ip_tables iptable_filter"
                    + " iptable_mangle iptable_nat ip6_tables ip6table_filter ip6table_mangle"
                    + " ip6table_nat xt_ipvs xt_comment xt_mark xt_tcpudp xt_MASQUERADE"
                    + " xt_addrtype xt_nat xt_set ip_set ip_set_hash_ipport"
                    + " nf_conntrack_netlink bridge";

    /** See {@link UmlLauncher}: AVX registers get lost, so nothing in the guest may use them. */
    private static final String NO_AVX =
            "GLIBC_TUNABLES=glibc.cpu.hwcaps="
                + "-AVX,-AVX2,-AVX512F,-AVX512VL,-AVX512BW,-XSAVE,-XSAVEC,-AVX_Fast_Unaligned_Load";

    private UmlKernel() {}

    /**
     * Result of a script.
     *
     * @param exitCode exit code of the script; -1 if the guest died or was stopped before the
     *     script ended
     * @param output standard output and error of the script
     * @param console console output of the guest's kernel
     */
    public record Run(int exitCode, String output, String console) {}

    /**
     * Whether this JVM runs inside the guest. Code that changes the network checks this first,
     * because the class may have been started on the host by mistake.
     */
    public static boolean isHere() {
        try {
            return Files.readString(Path.of("/proc/cpuinfo")).contains("User Mode Linux");
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<Path> find(String tool) {
        return Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * A shell command that runs a Java program in the guest with this JVM's JDK and class path.
     *
     * @param folder folder of its argument file, in which the script will run
     */
    public static String java(Path folder, String options, String mainClass, String... arguments)
            throws IOException {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        Path file = Files.createDirectories(folder).resolve("java-" + mainClass + ".args");
        Files.writeString(file, "-cp \"" + classPath.replace("\\", "\\\\") + "\"\n");
        return Path.of(System.getProperty("java.home"), "bin", "java")
                + " -XX:UseAVX=0 -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
                + " -XX:-UsePerfData --enable-native-access=ALL-UNNAMED"
                + " --sun-misc-unsafe-memory-access=allow -Djava.io.tmpdir="
                + folder.toAbsolutePath()
                + " "
                + options
                + " @"
                + file.toAbsolutePath()
                + " "
                + mainClass
                + " "
                + String.join(" ", arguments);
    }

    /**
     * Boots the guest, runs the script, and waits for its end.
     *
     * @param folder below the build folder; created if missing, keeps script, output and console
     * @param script for {@code /bin/sh}, run with {@code folder} as working directory
     * @param limit time after which the guest is stopped, with exit code -1
     */
    public static Run run(Path folder, String script, Duration limit)
            throws IOException, InterruptedException {
        Path work = Files.createDirectories(folder.toAbsolutePath());
        Path output = work.resolve("output");
        Path exit = work.resolve("exit");
        Path console = work.resolve("console");
        Files.deleteIfExists(exit);
        Files.deleteIfExists(output);
        Files.writeString(work.resolve("script"), script);
        Path init = Files.writeString(work.resolve("init"), init(work, modules(work)));
        if (!init.toFile().setExecutable(true)) {
            throw new IOException("cannot make executable: " + init);
        }
        Process guest = start(work, init, console);
        try {
            long deadline = System.nanoTime() + limit.toNanos();
            while (guest.isAlive() && !Files.exists(exit) && System.nanoTime() < deadline) {
                if (guest.waitFor(50, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        } finally {
            stop(guest);
        }
        return new Run(
                Files.exists(exit) ? Integer.parseInt(Files.readString(exit).strip()) : -1,
                read(output),
                read(console));
    }

    private static String read(Path file) throws IOException {
        return Files.exists(file)
                ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                : "";
    }

    /** Copies modules and their index, because the host's folders may be read-only. */
    private static Path modules(Path work) throws IOException, InterruptedException {
        Path version;
        try (Stream<Path> versions = Files.list(MODULES)) {
            version =
                    versions.findFirst()
                            .orElseThrow(() -> new IOException("no kernel modules in " + MODULES));
        }
        Path copy = work.resolve("modules");
        Path target = copy.resolve("lib/modules").resolve(version.getFileName().toString());
        if (!Files.exists(target.resolve("modules.dep.bin"))) {
            copy(
                    version,
                    target,
                    "kernel/net",
                    "kernel/drivers/net",
                    "kernel/lib",
                    "kernel/crypto");
            Process depmod =
                    new ProcessBuilder(
                                    find("depmod").orElseThrow().toString(),
                                    "-b",
                                    copy.toString(),
                                    version.getFileName().toString())
                            .redirectErrorStream(true)
                            .redirectOutput(work.resolve("depmod").toFile())
                            .start();
            if (depmod.waitFor() != 0) {
                throw new IOException("depmod failed: " + read(work.resolve("depmod")));
            }
        }
        return copy;
    }

    private static void copy(Path from, Path to, String... parts) throws IOException {
        for (String part : parts) {
            if (!Files.exists(from.resolve(part))) {
                continue;
            }
            try (Stream<Path> files = Files.walk(from.resolve(part))) {
                files.filter(Files::isRegularFile)
                        .forEach(
                                file -> {
                                    try {
                                        Path target = to.resolve(from.relativize(file).toString());
                                        Files.createDirectories(target.getParent());
                                        Files.copy(
                                                file, target, StandardCopyOption.REPLACE_EXISTING);
                                    } catch (IOException e) {
                                        throw new UncheckedIOException(e);
                                    }
                                });
            }
        }
        try (Stream<Path> lists = Files.list(from)) {
            for (Path list : lists.filter(Files::isRegularFile).toList()) {
                Files.copy(
                        list, to.resolve(list.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static String init(Path work, Path modules) {
        return """
        #!/bin/sh
        export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=%1$s TMPDIR=%1$s LC_ALL=C
        mount -t proc proc /proc
        mount -t sysfs sys /sys
        mount -t tmpfs tmpfs /run
        cd %1$s
        ip link set lo up > output 2>&1
        modprobe -d %2$s -a %3$s >> output 2>&1
        sh ./script >> output 2>&1
        echo $? > exit.part
        mv exit.part exit
        echo o > /proc/sysrq-trigger
        sleep 60
        """
                .formatted(work, modules, LOADED);
    }

    private static Process start(Path work, Path init, Path console) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                UmlLauncher.class.getName(),
                                PROGRAM.toString(),
                                "mem=" + MEMORY_MIB + "M",
                                "root=/dev/root",
                                "rootfstype=hostfs",
                                "rootflags=/",
                                "rw",
                                "init=" + init,
                                "con=null",
                                "con0=fd:0,fd:1",
                                "quiet",
                                NO_AVX));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(console.toFile());
        builder.environment().put("HOME", work.toString());
        builder.environment().put("TMPDIR", memoryFolder(work).toString());
        return builder.start();
    }

    /**
     * The guest's memory is a file there; in a container {@code /dev/shm} may be too small for it.
     */
    private static Path memoryFolder(Path work) throws IOException {
        Path shared = Path.of("/dev/shm");
        boolean fits =
                Files.isWritable(shared)
                        && Files.getFileStore(shared).getUsableSpace()
                                > 2 * MEMORY_MIB * 1024 * 1024;
        return fits ? shared : work;
    }

    /** The guest's processes are the host's as well; they end with the kernel that traces them. */
    private static void stop(Process guest) throws InterruptedException {
        if (guest.waitFor(3, TimeUnit.SECONDS)) {
            return;
        }
        List<ProcessHandle> processes = guest.descendants().toList();
        guest.destroyForcibly();
        processes.forEach(ProcessHandle::destroyForcibly);
        guest.waitFor(10, TimeUnit.SECONDS);
    }
}
