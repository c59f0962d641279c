package io.meridian.controlplane.cli;

import io.meridian.controlplane.Program;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Runs a program until SIGTERM or SIGINT, closes it and exits with code 0. The JVM exits with 143
 * after its shutdown hooks, so this hook closes the program itself and then halts the JVM.
 */
final class ShutdownHook {
    private static final Logger LOG = LoggerFactory.getLogger(ShutdownHook.class);

    private ShutdownHook() {}

    static int runUntilSignal(Supplier<? extends Program> start) {
        AtomicBoolean ended = new AtomicBoolean();
        CountDownLatch started = new CountDownLatch(1);
        Program[] running = new Program[1];
        Thread hook =
                new Thread(
                        () -> {
                            if (ended.get()) {
                                return;
                            }
                            try {
                                started.await();
                                LOG.info("stopping");
                                if (running[0] != null) {
                                    running[0].close();
                                }
                            } catch (InterruptedException | RuntimeException failed) {
                                LOG.error("cannot stop cleanly; the process exits", failed);
                                Runtime.getRuntime().halt(1);
                            }
                            Runtime.getRuntime().halt(0);
                        },
                        "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            running[0] = start.get();
            started.countDown();
            int code = running[0].awaitEnd();
            ended.set(true);
            running[0].close();
            return code;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return 1;
        } finally {
            ended.compareAndSet(false, running[0] == null);
            started.countDown();
        }
    }
}
