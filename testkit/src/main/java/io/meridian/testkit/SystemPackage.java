package io.meridian.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Debian packages that tests call. .ci/run installs all of them; {@code SystemPackageTest} compares
 * the two lists.
 */
public enum SystemPackage {
    CURL("curl"),
    DNSUTILS("dig"),
    FAKETIME("faketime"),
    HAPROXY("haproxy"),
    IPROUTE2("ip"),
    IPSET("ipset"),
    IPTABLES("iptables"),
    IPVSADM("ipvsadm"),
    KMOD("modprobe"),
    KNOT("knotd"),
    KNOT_DNSUTILS("kdig"),
    NSD("nsd"),
    OPENSSL("openssl"),
    POSTGRESQL("postgres"),
    PYTHON3("python3"),
    USER_MODE_LINUX("linux.uml");

    private static final List<String> FOLDERS =
            List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin");
    private static final Path POSTGRESQL_VERSIONS = Path.of("/usr/lib/postgresql");

    private final String command;

    SystemPackage(String command) {
        this.command = command;
    }

    /** The name that apt-get knows. */
    public String debianName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The path of the package's program; empty if the package is not installed. */
    public Optional<String> program() {
        Stream<Path> folders = FOLDERS.stream().map(Path::of);
        return (this == POSTGRESQL ? postgresqlFolders() : folders)
                .map(folder -> folder.resolve(command))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /** Debian keeps the server's programs of each version in a folder outside PATH. */
    private static Stream<Path> postgresqlFolders() {
        if (!Files.isDirectory(POSTGRESQL_VERSIONS)) {
            return Stream.of();
        }
        try (Stream<Path> versions = Files.list(POSTGRESQL_VERSIONS)) {
            return versions.map(version -> version.resolve("bin")).toList().stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
