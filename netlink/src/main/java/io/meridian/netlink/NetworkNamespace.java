package io.meridian.netlink;

import io.meridian.libc.Libc;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Network namespaces of Linux (network_namespaces(7)), each given by a file such as {@code
 * /proc/77/ns/net} or {@code /run/netns/name}. A socket belongs to the namespace in which it was
 * opened and keeps that namespace alive, whichever thread uses the socket.
 */
public final class NetworkNamespace {
    private static final Path OWN = Path.of("/proc/self/ns/net");

    private NetworkNamespace() {}

    /**
     * Identity of a namespace. Two files of one namespace have equal identities.
     *
     * @param device number of the file system
     * @param inode number of the namespace in that file system
     */
    public record Identity(long device, long inode) {}

    /**
     * Reads the identity of the namespace that a file refers to.
     *
     * @throws IOException if there is no such file
     */
    public static Identity identity(Path file) throws IOException {
        return new Identity(
                (long) Files.getAttribute(file, "unix:dev"),
                (long) Files.getAttribute(file, "unix:ino"));
    }

    /** Identity of the namespace in which this process was started. */
    public static Identity own() throws IOException {
        return identity(OWN);
    }

    /**
     * Runs an action inside a namespace, on a thread of its own, and waits for its result.
     *
     * @throws NetlinkException if the thread cannot enter the namespace; needs CAP_SYS_ADMIN
     * @throws IOException the action's exception, or an interrupt of the calling thread
     */
    public static <T> T call(Path file, Callable<T> action) throws IOException {
        FutureTask<T> task =
                new FutureTask<>(
                        () -> {
                            enter(file);
                            return action.call();
                        });
        Thread.ofPlatform().daemon().name("netns-" + file.getFileName()).start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in network namespace " + file, e);
        } catch (ExecutionException e) {
            switch (Objects.requireNonNull(e.getCause())) {
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                default -> throw new IOException(e.getCause());
            }
        }
    }

    private static void enter(Path file) throws NetlinkException {
        String what = "cannot enter network namespace " + file;
        try (Arena arena = Arena.ofConfined()) {
            Libc libc = new Libc(arena);
            int fd = libc.open(arena.allocateFrom(file.toString()), Libc.O_RDONLY | Libc.O_CLOEXEC);
            if (fd < 0) {
                throw new NetlinkException(what, Refusal.of(libc.errno(), ""));
            }
            int entered = libc.setns(fd, Libc.CLONE_NEWNET);
            int errno = libc.errno();
            libc.close(fd);
            if (entered < 0) {
                throw new NetlinkException(what, Refusal.of(errno, ""));
            }
        }
    }
}
