package io.meridian.database;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * PostgreSQL's programs, unpacked from an archive in the class path.
 *
 * @param root directory of the unpacked archive
 */
record PostgresBinaries(Path root) {
    /** ETXTBSY in the messages of JDKs. */
    private static final Pattern BUSY = Pattern.compile("error[:=] ?26\\b");

    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

    /** Full version, such as {@code 18.6.0}. */
    static String version() {
        Properties properties = new Properties();
        try (InputStream in = PostgresBinaries.class.getResourceAsStream("embedded.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    /** The format of data directories, such as {@code 18}. */
    static String majorVersion() {
        return version().substring(0, version().indexOf('.'));
    }

    /**
     * Unpacks the programs to {@code target} unless the directory exists. The last step renames a
     * scratch directory, so {@code target} is always complete.
     *
     * @throws DatabaseException if the archive has no programs for this platform
     */
    static PostgresBinaries unpack(Path target) throws IOException {
        if (Files.isDirectory(target)) {
            return new PostgresBinaries(target);
        }
        Files.createDirectories(target.getParent());
        Path scratch =
                Files.createTempDirectory(target.getParent(), target.getFileName() + ".unpacking-");
        try {
            Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxr-xr-x"));
            unpackArchive(scratch);
            try (Stream<Path> programs = Files.list(scratch.resolve("bin"))) {
                for (Path program : programs.toList()) {
                    awaitRunnable(program);
                }
            }
            moveUnlessThere(scratch, target);
        } finally {
            deleteTree(scratch);
        }
        return new PostgresBinaries(target);
    }

    Path program(String name) {
        return root.resolve("bin").resolve(name);
    }

    private static void unpackArchive(Path target) throws IOException {
        try (InputStream archive = PostgresBinaries.class.getResourceAsStream(ARCHIVE)) {
            String platform =
                    System.getProperty("os.name") + " on " + System.getProperty("os.arch");
            if (archive == null || !platform.equals("Linux on amd64")) {
                throw new DatabaseException(
                        "the embedded PostgreSQL has programs for Linux on amd64 only, this is "
                                + platform
                                + "; set journal.kind=postgres and name a server");
            }
            try (TarArchiveInputStream tar =
                    new TarArchiveInputStream(
                            new XZCompressorInputStream(new BufferedInputStream(archive)))) {
                for (TarArchiveEntry entry = tar.getNextEntry();
                        entry != null;
                        entry = tar.getNextEntry()) {
                    unpackEntry(tar, entry, target);
                }
            }
        }
    }

    private static void unpackEntry(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
            throws IOException {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
            throw new IOException("archive entry " + entry.getName() + " leads out of the archive");
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, path);
            boolean program = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    /**
     * Waits until no process has the program open for writing; the kernel refuses to run the file
     * before that (ETXTBSY). A child that another thread forks during the write inherits the open
     * file until its exec.
     *
     * @throws IOException if the program does not run within 10 s, or fails for another reason
     */
    static void awaitRunnable(Path program) throws IOException {
        Instant end = Instant.now().plusSeconds(10);
        while (true) {
            try {
                Process process =
                        new ProcessBuilder(program.toString(), "--version")
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start();
                process.onExit().join();
                return;
            } catch (IOException e) {
                if (!BUSY.matcher(String.valueOf(e.getMessage())).find()
                        || Instant.now().isAfter(end)) {
                    throw e;
                }
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    private static void moveUnlessThere(Path scratch, Path target) throws IOException {
        try {
            Files.move(scratch, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(target)) { // otherwise another process has unpacked it
                throw e;
            }
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path directory, IOException failure)
                            throws IOException {
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
