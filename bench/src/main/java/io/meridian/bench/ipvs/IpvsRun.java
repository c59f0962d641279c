package io.meridian.bench.ipvs;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;

import com.typesafe.config.ConfigFactory;

import io.meridian.domain.vip.VipImage;
import io.meridian.ipvs.reconcile.DataPlaneUpdate;
import io.meridian.ipvs.reconcile.IpvsSettings;
import io.meridian.ipvs.reconcile.IpvsStatus;
import io.meridian.ipvs.reconcile.IpvsWriter;
import io.meridian.ipvs.uml.UmlKernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Measures inside the guest. In each round every writer fills an empty table, changes one backend
 * and audits the table; medians are printed at the end. The time of a peer is that of its process,
 * until the kernel has the requested state.
 */
public final class IpvsRun {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /**
     * Fills by Meridian and by the bare sender in one round, alternating, because a single one is
     * too short to measure.
     */
    private static final int PAIRS = 3;

    /**
     * Batch sizes of the bare sender in messages: one that is common elsewhere, and Meridian's own.
     */
    private static final int BATCH = 256;

    private static final int LARGE_BATCH = 900;

    private static final String KERNEL_THREAD = "ipvs-kernel";
    private static final Path RULES = Path.of("rules");
    private static final Path CONF = Path.of("keepalived.conf");
    private static final Path BARE = Path.of("messages");

    private final Table table;
    private final Path bare;
    private final BlockingQueue<IpvsStatus> statusUpdate = new LinkedBlockingQueue<>();
    private final Map<String, List<Double>> seconds = new LinkedHashMap<>();
    private long revision;

    private IpvsRun(Table table, Path bare) {
        this.table = table;
        this.bare = bare;
    }

    /**
     * @param arguments number of rounds, virtual servers, real servers of each, path of the bare
     *     sender, Meridian's warm-up fills before the first round, whether the peers are measured
     *     too
     */
    public static void main(String[] arguments) throws Exception {
        if (!UmlKernel.isHere()) {
            throw new IllegalStateException("only inside the guest that IpvsBench boots");
        }
        int rounds = Integer.parseInt(arguments[0]);
        Table table = new Table(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        IpvsRun run = new IpvsRun(table, Path.of(arguments[3]));
        boolean peers = Boolean.parseBoolean(arguments[5]);
        Files.writeString(RULES, table.ipvsadm());
        // A writer runs for months, so only its speed after compilation counts.
        for (int i = 0; i < Integer.parseInt(arguments[4]); i++) {
            run.ours();
        }
        for (int i = 0; i <= rounds; i++) {
            if (i <= 1) {
                run.seconds.clear(); // the peers' programs are in the page cache now
            }
            for (int pair = 0; pair < PAIRS; pair++) {
                run.ours();
                run.bare("bare", BATCH);
                run.bare("bare large", LARGE_BATCH);
            }
            if (peers) {
                run.ipvsadm();
                run.keepalived();
            }
        }
        run.print(rounds);
        Runtime.getRuntime().halt(0);
    }

    private void ours() throws Exception {
        clean();
        ActorSystem<IpvsWriter.Command> writer = writer("1 h");
        VipImage image = table.image(false);
        VipImage changed = table.with(image, true);
        VipImage back = table.with(changed, false);
        show(writer, VipImage.EMPTY); // the bare sender's interface is raised beforehand as well
        measure("fill ours", () -> show(writer, image));
        check();
        measure("change ours", () -> show(writer, changed));
        measure("change ours", () -> show(writer, back));
        end(writer);
        ActorSystem<IpvsWriter.Command> auditor = writer("1 s");
        IpvsStatus first = show(auditor, image);
        IpvsStatus audit = await(now -> !now.lastRound().took().equals(first.lastRound().took()));
        add("audit ours", audit.lastRound().took().toNanos() / 1e9);
        end(auditor);
    }

    /** Starts a writer that publishes its status to this run. */
    private ActorSystem<IpvsWriter.Command> writer(String audit) {
        IpvsSettings settings =
                IpvsSettings.from(
                        ConfigFactory.parseString(
                                        "meridian.dataplane { kind = ipvs, host-setup = false,"
                                                + " audit-interval = "
                                                + audit
                                                + " }")
                                .withFallback(ConfigFactory.load()));
        ActorSystem<IpvsWriter.Command> writer =
                ActorSystem.create(IpvsWriter.create(settings, Table.NODE), "writer");
        Behavior<IpvsWriter.StatusUpdate> subscriber =
                Behaviors.receiveMessage(
                        now -> {
                            statusUpdate.add(now.status());
                            return Behaviors.same();
                        });
        writer.tell(
                new IpvsWriter.Subscribe(
                        writer.systemActorOf(subscriber, "follower", Props.empty())));
        return writer;
    }

    /**
     * Ends a writer; its kernel entries stay. A round that is still running could restore what the
     * caller removes next.
     */
    private void end(ActorSystem<?> writer) throws Exception {
        writer.terminate();
        var _ = writer.getWhenTerminated().toCompletableFuture().get();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals(KERNEL_THREAD)) {
                thread.join(PATIENCE);
            }
        }
        statusUpdate.clear();
    }

    private IpvsStatus show(ActorSystem<IpvsWriter.Command> writer, VipImage image)
            throws InterruptedException {
        long shown = ++revision;
        writer.tell(new DataPlaneUpdate.ApplyImage(image, shown));
        IpvsStatus status = await(now -> now.appliedRevision() == shown);
        if (!status.failures().isEmpty()) {
            throw new IllegalStateException(status.failures().getFirst().message());
        }
        return status;
    }

    private IpvsStatus await(Predicate<IpvsStatus> expected) throws InterruptedException {
        while (true) {
            IpvsStatus status = statusUpdate.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (status == null) {
                throw new IllegalStateException("the writer says nothing");
            }
            if (expected.test(status)) {
                return status;
            }
        }
    }

    private void bare(String name, int batch) throws Exception {
        clean();
        sh("ip link add minuteman type dummy; ip link set minuteman up");
        Messages.write(BARE, table.state(), batch);
        String[] said = sh(bare + " " + BARE).strip().split(" ");
        if (!said[1].equals("0")) {
            throw new IllegalStateException(
                    said[1] + " messages were refused, last with error " + said[2]);
        }
        add("fill " + name, Double.parseDouble(said[0]));
        check();
    }

    private void ipvsadm() throws Exception {
        clean();
        measure("fill ipvsadm", () -> sh("ipvsadm -R < " + RULES));
        check();
        String server = "-t 11.1.0.0:80 -r 10.200.0.0:8080";
        measure("change ipvsadm", () -> sh("ipvsadm -a " + server + " -m; ipvsadm -d " + server));
        measure("audit ipvsadm", () -> sh("ipvsadm -Sn > /dev/null"));
    }

    private void keepalived() throws Exception {
        clean();
        Files.writeString(CONF, table.keepalived(false));
        Process[] process = new Process[1];
        measure(
                "fill keepalived",
                () -> {
                    process[0] =
                            new ProcessBuilder(
                                            "keepalived",
                                            "-C",
                                            "-n",
                                            "-D",
                                            "-l",
                                            "-f",
                                            CONF.toAbsolutePath().toString(),
                                            "-p",
                                            Path.of("keepalived.pid").toAbsolutePath().toString(),
                                            "-c",
                                            Path.of("checkers.pid").toAbsolutePath().toString())
                                    .redirectErrorStream(true)
                                    .redirectOutput(Path.of("keepalived.log").toFile())
                                    .start();
                    await(
                            lines -> lines.length == table.virtual() * (table.real() + 1),
                            process[0]);
                    return process[0];
                });
        Files.writeString(CONF, table.keepalived(true));
        measure(
                "change keepalived",
                () -> {
                    sh("kill -HUP " + process[0].pid());
                    await(
                            lines ->
                                    lines.length == table.virtual() * (table.real() + 1)
                                            && Arrays.stream(lines)
                                                    .anyMatch(line -> line.contains("0AC80000:")),
                            process[0]);
                    return process[0];
                });
        process[0].destroy();
        process[0].waitFor();
    }

    /** Waits until {@code /proc/net/ip_vs} has the expected rows. */
    private static void await(Predicate<String[]> expected, Process process) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!expected.test(rows())) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("keepalived: see keepalived.log");
            }
            Thread.sleep(20);
        }
    }

    private static String[] rows() throws IOException {
        return Files.readAllLines(Path.of("/proc/net/ip_vs")).stream()
                .skip(3)
                .toArray(String[]::new);
    }

    private void check() throws IOException {
        int found = rows().length;
        int expected = table.virtual() * (table.real() + 1);
        if (found != expected) {
            throw new IllegalStateException(found + " rows in the kernel instead of " + expected);
        }
    }

    /**
     * Resets IPVS to its state after a boot, by reloading the module. IPVS keeps removed real
     * servers for two minutes or more, and scans all of them for each real server that is added
     * (ip_vs_trash_get_dest).
     */
    private static void clean() throws Exception {
        sh(
                """
                ipvsadm -C
                ip link del minuteman 2>/dev/null || true
                for module in xt_ipvs ip_vs_wlc ip_vs_wrr ip_vs_rr ip_vs_mh ip_vs; do
                  if grep -q "^$module " /proc/modules; then rmmod $module; fi
                done
                modprobe -d $PWD/modules -a ip_vs ip_vs_wlc
                """);
    }

    private static String sh(String line) throws Exception {
        Process process =
                new ProcessBuilder("sh", "-e", "-c", line)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(line + " ended with " + process.exitValue());
        }
        return output;
    }

    private void measure(String what, Callable<?> action) throws Exception {
        long start = System.nanoTime();
        var _ = action.call();
        add(what, (System.nanoTime() - start) / 1e9);
    }

    private void add(String what, double took) {
        seconds.computeIfAbsent(what, _ -> new ArrayList<>()).add(took);
        System.out.printf(Locale.ROOT, "%-18s %9.4f s%n", what, took);
    }

    private void print(int rounds) {
        System.out.printf(
                "%nRESULT %d virtual x %d real servers, median of %d rounds%n",
                table.virtual(), table.real(), rounds);
        for (String what : List.of("fill", "change", "audit")) {
            double ours = median(what + " ours");
            seconds.keySet().stream()
                    .filter(key -> key.startsWith(what + " "))
                    .forEach(
                            key ->
                                    System.out.printf(
                                            Locale.ROOT,
                                            "RESULT %-18s %9.4f s, %6.2f x ours%n",
                                            key,
                                            median(key),
                                            median(key) / ours));
        }
    }

    private double median(String key) {
        List<Double> sorted = seconds.get(key).stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
