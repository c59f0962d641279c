package io.meridian.sources.mesos;

import io.meridian.sources.json.JsonStream;
import io.meridian.sources.json.UnreadableJson;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.CuratorWatcher;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.KeeperException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follows the masters that register in ZooKeeper: children {@code json.info_<sequence>} of one
 * path, the lowest of which leads (specs: marathon-mesos-api 5.8). Never writes. While ZooKeeper is
 * away, the last list holds.
 */
final class ZooKeeperMasters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperMasters.class);
    private static final Pattern MEMBER = Pattern.compile("json\\.info_([0-9]{1,18})");
    private static final int SESSION_MILLIS = 10_000;

    /** Interval of reads without a change, because a watch may be lost with its session. */
    private static final Duration READ_AGAIN = Duration.ofSeconds(30);

    private static final Duration TRY_AGAIN = Duration.ofSeconds(2);

    private final ZooKeeperAddress address;
    private final Consumer<List<String>> masters;
    private final CuratorFramework client;
    private final ScheduledExecutorService reader =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("mesos-masters").factory());
    private boolean troubled;

    /**
     * @param masters gets {@code master@host:port} of each, the leader first; from another thread
     */
    ZooKeeperMasters(
            ZooKeeperAddress address, Duration connectTimeout, Consumer<List<String>> masters) {
        this.address = address;
        this.masters = masters;
        CuratorFrameworkFactory.Builder builder =
                CuratorFrameworkFactory.builder()
                        .connectString(address.connect())
                        .sessionTimeoutMs(SESSION_MILLIS)
                        .connectionTimeoutMs((int) connectTimeout.toMillis())
                        .canBeReadOnly(true)
                        .retryPolicy(new RetryOneTime(100));
        if (!address.login().isEmpty()) {
            builder.authorization("digest", address.login().getBytes(StandardCharsets.UTF_8));
        }
        client = builder.build();
    }

    void start() {
        client.getConnectionStateListenable()
                .addListener(
                        (_, state) -> {
                            if (state.isConnected()) {
                                readSoon();
                            }
                        });
        client.start();
        var _ =
                reader.scheduleWithFixedDelay(
                        this::read, 0, READ_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        reader.shutdownNow();
        // Closing waits until the servers have ended the session.
        Thread.ofVirtual().name("zookeeper-close").start(client::close);
    }

    private void readSoon() {
        try {
            reader.execute(this::read);
        } catch (RejectedExecutionException closed) {
            LOG.trace("closed: {}", closed.getMessage());
        }
    }

    private void read() {
        try {
            CuratorWatcher watcher = _ -> readSoon();
            // Only exists can watch a path that does not exist yet.
            if (client.checkExists().usingWatcher(watcher).forPath(address.path()) == null) {
                LOG.info("no Mesos master is registered: zookeeper={}; waits for one", address);
                return;
            }
            List<String> members =
                    client.getChildren().usingWatcher(watcher).forPath(address.path()).stream()
                            .filter(child -> MEMBER.matcher(child).matches())
                            .sorted(Comparator.comparingLong(ZooKeeperMasters::sequence))
                            .toList();
            List<String> found = new ArrayList<>();
            for (String member : members) {
                found.addAll(pid(member));
            }
            troubled = false;
            masters.accept(List.copyOf(found));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) { // Curator declares no other
            trouble(e);
        }
    }

    private static long sequence(String member) {
        Matcher matcher = MEMBER.matcher(member);
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : Long.MAX_VALUE;
    }

    /**
     * Reads the pid of one master; empty if the master has left meanwhile or its node is
     * unreadable.
     */
    private List<String> pid(String member) throws Exception {
        try {
            byte[] data = client.getData().forPath(address.path() + "/" + member);
            String pid = MesosReads.pid(JsonStream.tree(new ByteArrayInputStream(data)));
            return pid.isEmpty() ? List.of() : List.of(pid);
        } catch (KeeperException.NoNodeException gone) {
            LOG.debug("master has left: {}", gone.getMessage());
            return List.of();
        } catch (UnreadableJson e) {
            LOG.warn("cannot read master: node={}: {}", member, e.getMessage());
            return List.of();
        }
    }

    private void trouble(Exception e) {
        if (reader.isShutdown()) {
            return;
        }
        if (!troubled) {
            LOG.warn(
                    "cannot read masters: zookeeper={}: {}; will try again", address, e.toString());
        }
        troubled = true;
        try {
            var _ = reader.schedule(this::read, TRY_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.trace("closed: {}", closed.getMessage());
        }
    }
}
