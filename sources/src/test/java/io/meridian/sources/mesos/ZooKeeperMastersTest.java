package io.meridian.sources.mesos;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.sources.SourceSignal;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** {@link ZooKeeperMasters} against a real ZooKeeper. */
class ZooKeeperMastersTest {
    private TestingServer server;
    private CuratorFramework masters;

    @BeforeEach
    void startZooKeeper() throws Exception {
        server = new TestingServer(true);
        masters =
                CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(100));
        masters.start();
    }

    @AfterEach
    void stopZooKeeper() throws Exception {
        masters.close();
        server.close();
    }

    @Test
    void theLowestLeadsAndEveryChangeIsReported() throws Exception {
        BlockingQueue<List<String>> told = new LinkedBlockingQueue<>();
        try (ZooKeeperMasters watched =
                new ZooKeeperMasters(address(), Duration.ofSeconds(2), told::add)) {
            watched.start();
            String first = register("10.0.0.2", "");
            await(told, List.of("master@10.0.0.2:5050"));
            register("10.0.0.1", "master@10.0.0.1:5050");
            masters.create()
                    .withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
                    .forPath("/mesos/info_", new byte[] {8});
            masters.create().forPath("/mesos/log_replicas");
            await(told, List.of("master@10.0.0.2:5050", "master@10.0.0.1:5050"));
            masters.delete().forPath(first);
            await(told, List.of("master@10.0.0.1:5050"));

            server.restart();

            register("fd00::3", "");
            await(told, List.of("master@10.0.0.1:5050", "master@[fd00::3]:5050"));
        }
    }

    @Test
    void theSourceFollowsTheLeaderThatZooKeeperNames() throws Exception {
        ActorTestKit kit = ActorTestKit.create();
        try (RawMesos first = new RawMesos();
                RawMesos second = new RawMesos()) {
            String leading = register("127.0.0.1", "", port(first));
            register("127.0.0.1", "", port(second));
            TestProbe<SourceSignal> sink = kit.createTestProbe();
            ActorRef<MesosSource.Command> source =
                    kit.spawn(
                            MesosSource.create(
                                    MesosSourceTest.settings("zookeeper = \"" + url() + "\""),
                                    sink.ref(),
                                    new MesosCounters()));
            first.next().record(MesosSourceTest.cluster());
            awaitMasters(sink, first.place(), first.place(), second.place());

            masters.delete().forPath(leading);

            second.next().record(MesosSourceTest.cluster());
            awaitMasters(sink, second.place(), second.place());
            kit.stop(source);
        } finally {
            kit.shutdownTestKit();
        }
    }

    private static void awaitMasters(
            TestProbe<SourceSignal> sink, String leader, String... masters) {
        SourceSignal wanted =
                new SourceSignal.ClusterObserved(
                        new ClusterClaim.Masters("master@" + leader, List.of(masters)));
        SourceSignal signal;
        do {
            signal = sink.receiveMessage(Duration.ofSeconds(20));
        } while (!signal.equals(wanted));
    }

    private static int port(RawMesos master) {
        return Integer.parseInt(master.place().substring(master.place().indexOf(':') + 1));
    }

    private String register(String ip, String pid) throws Exception {
        return register(ip, pid, 5050);
    }

    /**
     * @param pid the only field that an old master writes; empty for a new master
     */
    private String register(String ip, String pid, int port) throws Exception {
        String json =
                pid.isEmpty()
                        ? "{\"id\":\"x\",\"address\":{\"hostname\":\"h\",\"ip\":\"%s\",\"port\":%d}}"
                                .formatted(ip, port)
                        : "{\"id\":\"x\",\"pid\":\"%s\"}".formatted(pid);
        return masters.create()
                .creatingParentsIfNeeded()
                .withMode(CreateMode.PERSISTENT_SEQUENTIAL)
                .forPath("/mesos/json.info_", json.getBytes(StandardCharsets.UTF_8));
    }

    private static void await(BlockingQueue<List<String>> told, List<String> wanted)
            throws InterruptedException {
        List<String> last = List.of();
        do {
            List<String> next = told.poll(30, TimeUnit.SECONDS);
            assertThat(next).as("told after " + last).isNotNull();
            last = next;
        } while (!last.equals(wanted));
    }

    private ZooKeeperAddress address() {
        return ZooKeeperAddress.parse(url()).orElseThrow();
    }

    private String url() {
        return "zk://" + server.getConnectString() + "/mesos";
    }
}
