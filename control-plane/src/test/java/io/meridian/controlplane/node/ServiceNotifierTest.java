package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.meridian.testkit.NeedsPackage;
import io.meridian.testkit.SystemPackage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A python3 process takes systemd's place. */
class ServiceNotifierTest {
    private static final String LISTENER =
            """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind(sys.argv[1].replace("@", "\\0", 1))
            print("bound", flush=True)
            for _ in range(3):
                print(s.recv(100).decode(), flush=True)
            """;

    @TempDir Path directory;

    @NeedsPackage(SystemPackage.PYTHON3)
    @Test
    void stateArrivesAtAPathAndAtAnAbstractName() throws Exception {
        arrives(directory.resolve("notify").toString());
        arrives("@meridian-test-" + ProcessHandle.current().pid());
    }

    private static void arrives(String path) throws Exception {
        arrives(path, ServiceNotifier.of(Map.of("NOTIFY_SOCKET", path)));
    }

    private static void arrives(String path, ServiceNotifier notifier) throws Exception {
        Process listener =
                new ProcessBuilder("/usr/bin/python3", "-c", LISTENER, path)
                        .redirectErrorStream(true)
                        .start();
        try (BufferedReader said = listener.inputReader()) {
            assertThat(said.readLine()).isEqualTo("bound");
            notifier.ready();
            notifier.alive();
            notifier.stopping();
            assertThat(said.readLine()).isEqualTo("READY=1");
            assertThat(said.readLine()).isEqualTo("WATCHDOG=1");
            assertThat(said.readLine()).isEqualTo("STOPPING=1");
        } finally {
            listener.destroyForcibly();
        }
    }

    @Test
    void theIntervalIsAThirdOfSystemdsTimeout() {
        assertThat(
                        ServiceNotifier.of(
                                        Map.of(
                                                "NOTIFY_SOCKET", "/run/x",
                                                "WATCHDOG_USEC", "30000000"))
                                .interval())
                .contains(Duration.ofSeconds(10));
        assertThat(ServiceNotifier.of(Map.of("NOTIFY_SOCKET", "/run/x")).interval()).isEmpty();
        assertThat(ServiceNotifier.of(Map.of("WATCHDOG_USEC", "1")).interval()).isEmpty();
    }

    @NeedsPackage(SystemPackage.PYTHON3)
    @Test
    void laterStatesAreSentAfterAFailure() throws Exception {
        String path = directory.resolve("late").toString();
        ServiceNotifier notifier = ServiceNotifier.of(Map.of("NOTIFY_SOCKET", path));
        notifier.ready();
        arrives(path, notifier);
    }

    @Test
    void withoutSystemdNothingIsSent() {
        ServiceNotifier notifier = ServiceNotifier.of(Map.of("WATCHDOG_USEC", "30000000"));
        assertThatCode(notifier::ready).doesNotThrowAnyException();
        assertThat(notifier.interval()).isEmpty();
    }
}
