package io.meridian.ipvs.netlink;

import io.meridian.ipvs.Refusal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Network namespaces of Linux, by a file that stands for one, such as {@code /proc/77/ns/net} or
 * {@code /run/netns/name}. A socket stays in the namespace in which it was opened, and keeps that
 * alive, whichever thread uses it.
 */
public final class NetworkNamespace {
    private static final Path OWN = Path.of("/proc/self/ns/net");

    private NetworkNamespace() {}

    /**
     * Which namespace a file stands for; two files of one namespace have equal identities.
     *
     * @param device of the file system
     * @param inode in it
     */
    public record Identity(long device, long inode) {}

    /**
     * @throws IOException if there is no such file
     */
    public static Identity identity(Path file) throws IOException {
        return new Identity(
                (long) Files.getAttribute(file, "unix:dev"),
                (long) Files.getAttribute(file, "unix:ino"));
    }

    /** The one that this process was started in. */
    public static Identity own() throws IOException {
        return identity(OWN);
    }

    /**
     * Runs that inside the namespace, on a thread of its own that ends with it, and waits.
     *
     * @throws NetlinkException if the namespace can't be entered; that needs CAP_SYS_ADMIN
     * @throws IOException what the action threw, or that it was interrupted
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
            switch (e.getCause()) {
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
            int fd = libc.open(arena.allocateFrom(file.toString()), Libc.O_RDONLY_CLOEXEC);
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
