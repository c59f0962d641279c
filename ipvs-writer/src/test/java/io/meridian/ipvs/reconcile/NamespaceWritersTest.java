package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.address;
import static io.meridian.ipvs.Samples.backend;
import static io.meridian.ipvs.Samples.image;
import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.serving;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;

import com.typesafe.config.ConfigFactory;

import io.meridian.domain.vip.VipImage;
import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.NodeView;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Uses files instead of namespaces, and kernels in memory; NamespaceGuest uses real namespaces. */
class NamespaceWritersTest {
    private static final IpvsSettings SETTINGS =
            IpvsSettings.from(
                    ConfigFactory.parseString("meridian.dataplane.audit-interval = 1 h")
                            .withFallback(ConfigFactory.load()));
    private static final VipImage WEB =
            image(
                    address("web.marathon", "11.0.0.1"),
                    backend("web.marathon", 80, "10.0.0.1:8080", "a"));

    private final ActorTestKit kit = ActorTestKit.create();
    private final Map<Path, FakeKernel> kernels = new ConcurrentHashMap<>();

    @TempDir private Path directory;
    @TempDir private Path namespaces;

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void theStatusListsEveryContainerWithItsTable() throws Exception {
        ActorRef<NamespaceWriters.Command> writers = twoContainersThatServe();

        List<NamespaceStatus> statuses =
                awaitStatus(writers, all -> all.stream().allMatch(one -> hasApplied(one, 7)));

        assertThat(statuses)
                .extracting(NamespaceStatus::container)
                .containsExactly("box-1", "box-2");
        assertThat(statuses).noneMatch(NamespaceStatus::isFailing);
    }

    @Test
    void aRefusalShowsInTheStatusOfItsContainerOnly() throws Exception {
        ActorRef<NamespaceWriters.Command> writers = writers();
        kernel(register("box-1")).refuse(AddRealServer.class::isInstance);
        kernel(register("box-2"));
        writers.tell(new DataPlaneUpdate.ApplyImage(WEB, 7));

        List<NamespaceStatus> statuses =
                awaitStatus(
                        writers,
                        all -> all.size() == 2 && all.stream().allMatch(one -> hasApplied(one, 7)));

        assertThat(isWeb(kernel(namespaces.resolve("box-2")))).isTrue();
        assertThat(statuses).extracting(NamespaceStatus::isFailing).containsExactly(true, false);
        assertThat(statuses.getFirst().toString())
                .startsWith("container box-1: cannot add real server");
    }

    @Test
    void aContainerThatIsNoLongerListedLeavesTheStatus() throws Exception {
        ActorRef<NamespaceWriters.Command> writers = twoContainersThatServe();

        Files.delete(directory.resolve("box-1"));
        until(() -> kernel(namespaces.resolve("box-1")).closed());

        assertThat(ask(writers)).extracting(NamespaceStatus::container).containsExactly("box-2");
    }

    private ActorRef<NamespaceWriters.Command> twoContainersThatServe() throws Exception {
        ActorRef<NamespaceWriters.Command> writers = writers();
        register("box-1");
        register("box-2");
        writers.tell(new DataPlaneUpdate.ApplyImage(WEB, 7));
        until(() -> kernels.size() == 2 && kernels.values().stream().allMatch(this::isWeb));
        return writers;
    }

    private ActorRef<NamespaceWriters.Command> writers() {
        return kit.spawn(
                NamespaceWriters.create(
                        SETTINGS, directory, this::kernel, NodeView.at(ip("10.0.0.99"))));
    }

    private FakeKernel kernel(Path namespace) {
        return kernels.computeIfAbsent(namespace, _ -> new FakeKernel());
    }

    private boolean isWeb(FakeKernel kernel) {
        return kernel.state().equals(serving("11.0.0.1:80", real("10.0.0.1:8080", 1)));
    }

    private Path register(String container) throws IOException {
        Path namespace = Files.writeString(namespaces.resolve(container), "a namespace");
        Files.writeString(directory.resolve(container), namespace.toString());
        return namespace;
    }

    private static boolean hasApplied(NamespaceStatus status, long revision) {
        return status.status().filter(now -> now.appliedRevision() == revision).isPresent();
    }

    private List<NamespaceStatus> awaitStatus(
            ActorRef<NamespaceWriters.Command> writers, Predicate<List<NamespaceStatus>> expected)
            throws InterruptedException {
        AtomicReference<List<NamespaceStatus>> newest = new AtomicReference<>(List.of());
        until(
                () -> {
                    newest.set(ask(writers));
                    return expected.test(newest.get());
                });
        return newest.get();
    }

    private List<NamespaceStatus> ask(ActorRef<NamespaceWriters.Command> writers) {
        TestProbe<List<NamespaceStatus>> probe = kit.createTestProbe();
        writers.tell(new NamespaceWriters.GetStatus(probe.ref()));
        return probe.receiveMessage();
    }

    private static void until(BooleanSupplier expected) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!expected.getAsBoolean()) {
            assertThat(System.nanoTime()).as("condition not met within 20 s").isLessThan(deadline);
            Thread.sleep(10);
        }
    }
}
