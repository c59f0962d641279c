package io.meridian.bench;

import akka.actor.Address;
import akka.actor.AddressFromURIString;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.JoinSeedNodes;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.domain.table.Change;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.FeedSettings;
import io.meridian.feed.TableType;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.master.NodeRegistry;
import io.meridian.feed.text.RowText;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Benchmark of the feed. Each master is a process that serves a table of 10,000 services from
 * memory. Thin agents, some hundreds to a process, poll, pull and report as agents do, but do not
 * decode frames. Commits follow a schedule on the monotonic clock that all processes of a machine
 * share, so masters need not announce commit times.
 */
public final class FeedBench {
    private static final int NAMES = 32_000; // 10,000 services

    private FeedBench() {}

    /**
     * @param args {@code master PORT FIRST-COMMIT INTERVAL-MS COMMITS...} or {@code agents PORT
     *     COUNT FIRST-COMMIT INTERVAL-MS COMMITS...}: COMMITS is the number of commits of each
     *     phase; FIRST-COMMIT is in ns of {@link System#nanoTime()}
     */
    public static void main(String[] args) throws InterruptedException {
        boolean master = args[0].equals("master");
        int from = master ? 2 : 3;
        Schedule schedule =
                new Schedule(
                        Long.parseLong(args[from]),
                        Long.parseLong(args[from + 1]) * 1_000_000,
                        Arrays.stream(args, from + 2, args.length).map(Integer::valueOf).toList());
        int port = Integer.parseInt(args[1]);
        if (master) {
            master(port, schedule);
        } else {
            agents(port, Integer.parseInt(args[2]), schedule);
        }
    }

    /**
     * Commit schedule: revision {@code n + 1} is committed at {@code first + n * interval}.
     *
     * @param phases number of commits of each phase
     */
    record Schedule(long first, long interval, List<Integer> phases) {
        long at(long revision) {
            return first + (revision - 1) * interval;
        }

        int commits() {
            return phases.stream().mapToInt(Integer::intValue).sum();
        }

        /** Start of this phase: the instant of its first commit. */
        long begin(int phase) {
            return at(1 + phases.subList(0, phase).stream().mapToInt(Integer::intValue).sum());
        }

        /** Returns the phase of an instant; 0 also before the first commit. */
        int phase(long instant) {
            int phase = 0;
            while (phase + 1 < phases.size() && instant >= begin(phase + 1)) {
                phase++;
            }
            return phase;
        }
    }

    private static Config config(int port, String role) {
        return ConfigFactory.parseString(
                        """
                        akka {
                          loglevel = WARNING
                          logger-startup-timeout = 60 s
                          actor { provider = cluster, allow-java-serialization = off }
                          remote.artery {
                            transport = tcp
                            canonical { hostname = "127.0.0.1", port = %d }
                            advanced.maximum-frame-size = 512 KiB
                          }
                          cluster {
                            roles = [%s]
                            failure-detector.acceptable-heartbeat-pause = 60 s
                            downing-provider-class = "akka.cluster.sbr.SplitBrainResolverProvider"
                          }
                        }
                        """
                                .formatted(port, role))
                .withFallback(ConfigFactory.load());
    }

    /**
     * @param again whether the cluster exists already: the node then joins through any surviving
     *     member and never forms a new cluster
     */
    private static void join(ActorSystem<?> system, boolean again) {
        List<Address> seeds =
                (again ? Stream.of(26011, 26012, 26001, 26002, 26003) : Stream.of(26001))
                        .map(port -> AddressFromURIString.parse("akka://bench@127.0.0.1:" + port))
                        .toList();
        Cluster.get(system).manager().tell(new JoinSeedNodes(seeds));
    }

    private static void master(int port, Schedule schedule) throws InterruptedException {
        ActorSystem<Void> system =
                ActorSystem.create(Behaviors.empty(), "bench", config(port, "master"));
        join(system, schedule.first() < System.nanoTime());
        MemoryStore<ZoneRow> zones = new MemoryStore<>(RowText.ZONE, BenchZone.rows(NAMES));
        MemoryStore<VipRow> vips = new MemoryStore<>(RowText.VIP, List.of());
        // Commits made while this master was down are in its tables, but not among its deltas.
        int past = 0;
        while (past < schedule.commits() && schedule.at(past + 1) < System.nanoTime()) {
            zones.commit(change(++past));
        }
        system.systemActorOf(
                FeedServer.create(
                        FeedSettings.from(system.settings().config()),
                        new FeedServer.Served<>(zones, new CurrentImage<>(TableType.ZONE)),
                        new FeedServer.Served<>(vips, new CurrentImage<>(TableType.VIP)),
                        Clock.systemUTC()),
                "feed-server",
                akka.actor.typed.Props.empty());
        for (int i = past + 1; i <= schedule.commits(); i++) {
            long wait = schedule.at(i) - System.nanoTime();
            if (wait > 0) {
                Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
            }
            zones.commit(change(i));
        }
        Thread.sleep(Long.MAX_VALUE);
    }

    /** Adds a task (three records) and removes it at the next call. */
    private static List<Change<ZoneRow>> change(int commit) {
        int number = 1_000_000 + (commit - 1) / 2;
        List<Change<ZoneRow>> changes = new ArrayList<>();
        for (ZoneRow row : BenchZone.task("moving-" + number, number)) {
            changes.add(commit % 2 == 1 ? Change.add(row) : Change.remove(row));
        }
        return changes;
    }

    private static void agents(int port, int count, Schedule schedule) throws InterruptedException {
        Latencies latencies = new Latencies(count, schedule);
        ActorSystem<ThinAgent.Message> system =
                ActorSystem.create(agents(port, count, latencies), "bench", config(port, "agent"));
        join(system, false);
        long end = schedule.at(schedule.commits()) + 20_000_000_000L;
        while (System.nanoTime() < end && !latencies.done()) {
            Thread.sleep(200);
        }
        System.out.println(latencies.report());
        system.terminate();
    }

    private static Behavior<ThinAgent.Message> agents(int port, int count, Latencies latencies) {
        return Behaviors.setup(
                context -> {
                    List<ActorRef<ThinAgent.Message>> all = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        all.add(
                                context.spawn(
                                        ThinAgent.create("agent-" + port + "-" + i, latencies),
                                        "agent-" + i));
                    }
                    ActorRef<Receptionist.Listing> listings =
                            context.messageAdapter(
                                    Receptionist.Listing.class,
                                    listing ->
                                            listing.isForKey(FeedServer.KEY)
                                                    ? new ThinAgent.Masters(
                                                            listing.getServiceInstances(
                                                                    FeedServer.KEY))
                                                    : new ThinAgent.Registries(
                                                            listing.getServiceInstances(
                                                                    NodeRegistry.KEY)));
                    ActorRef<Receptionist.Command> receptionist =
                            context.getSystem().receptionist();
                    receptionist.tell(Receptionist.subscribe(FeedServer.KEY, listings));
                    receptionist.tell(Receptionist.subscribe(NodeRegistry.KEY, listings));
                    return Behaviors.receiveMessage(
                            found -> {
                                all.forEach(agent -> agent.tell(found));
                                return Behaviors.same();
                            });
                });
    }
}
