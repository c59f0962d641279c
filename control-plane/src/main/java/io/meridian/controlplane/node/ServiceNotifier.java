package io.meridian.controlplane.node;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Reports the state of this process to systemd, by datagrams of sd_notify(3). Calls socket, sendto
 * and close of libc, because Java has no Unix datagram sockets. Does nothing if systemd did not set
 * {@code NOTIFY_SOCKET}.
 */
final class ServiceNotifier {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceNotifier.class);
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int LONGEST_PATH = 107;

    private final Optional<String> socket;
    private final Optional<Duration> watchdog;

    private ServiceNotifier(Optional<String> socket, Optional<Duration> watchdog) {
        this.socket = socket;
        this.watchdog = watchdog;
    }

    /**
     * @param environment {@code NOTIFY_SOCKET}: a path, or an abstract name after {@code @}; {@code
     *     WATCHDOG_USEC}: systemd's watchdog timeout, microseconds
     */
    static ServiceNotifier of(Map<String, String> environment) {
        Optional<String> socket =
                Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
                        .filter(path -> path.startsWith("/") || path.startsWith("@"))
                        .filter(path -> path.length() <= LONGEST_PATH);
        Optional<Duration> watchdog =
                Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                        .filter(text -> text.matches("[0-9]{1,15}"))
                        .map(text -> Duration.ofNanos(Long.parseLong(text) * 1000));
        return new ServiceNotifier(socket, watchdog);
    }

    /**
     * Interval of watchdog notifications, a third of systemd's timeout; empty if systemd has no
     * watchdog for this process.
     */
    Optional<Duration> interval() {
        return socket.flatMap(_ -> watchdog).map(limit -> limit.dividedBy(3));
    }

    void ready() {
        tell("READY=1");
    }

    void alive() {
        tell("WATCHDOG=1");
    }

    void stopping() {
        tell("STOPPING=1");
    }

    private void tell(String state) {
        socket.ifPresent(
                path -> {
                    try {
                        send(path, state.getBytes(StandardCharsets.US_ASCII));
                    } catch (Throwable failed) {
                        LOG.warn(
                                "cannot notify systemd: state={}: {}; later states are sent all the"
                                        + " same",
                                state,
                                failed.toString());
                    }
                });
    }

    @SuppressWarnings("restricted")
    private static void send(String path, byte[] state) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle socket =
                call(
                        linker,
                        "socket",
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
        MethodHandle sendto =
                call(
                        linker,
                        "sendto",
                        FunctionDescriptor.of(
                                JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS,
                                JAVA_INT));
        MethodHandle close = call(linker, "close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name[0] == '@') {
            name[0] = 0; // abstract socket address, unix(7)
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(2 + LONGEST_PATH + 1L);
            address.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
            MemorySegment message = arena.allocateFrom(JAVA_BYTE, state);
            int descriptor = (int) socket.invokeExact(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            if (descriptor < 0) {
                throw new IllegalStateException("cannot open a Unix datagram socket");
            }
            long sent =
                    (long)
                            sendto.invokeExact(
                                    descriptor,
                                    message,
                                    (long) state.length,
                                    MSG_NOSIGNAL,
                                    address,
                                    2 + name.length);
            int closed = (int) close.invokeExact(descriptor);
            if (sent != state.length || closed != 0) {
                throw new IllegalStateException("no process listens at " + path);
            }
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle call(Linker linker, String name, FunctionDescriptor shape) {
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape);
    }
}
