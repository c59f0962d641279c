package io.meridian.dns.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import io.meridian.dns.DnsFrontend;
import io.meridian.dns.Frontends;
import io.meridian.dns.Oracle;
import io.meridian.dns.PortPair;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.Provenance.Origin;
import io.meridian.testkit.Requirement;
import io.meridian.testkit.SystemPackage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Real secondaries follow a changing zone, and end with Meridian's records. */
@Timeout(240)
class SecondaryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BEAT = Duration.ofMillis(50);

    @TempDir Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private int compared;

    @BeforeEach
    void listen() {
        logger().setLevel(Level.DEBUG);
        logger().addAppender(log);
        log.start();
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(log);
        logger().setLevel(null);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(ZoneTransfers.class);
    }

    /** Number of transfers in Meridian's log, including those that compare zones. */
    private long sent(String what) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getMessage().startsWith(what))
                .count();
    }

    /** Waits for log lines, which Meridian may write after the secondary has used the zone. */
    private void awaitWholeZones(long count) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (sent("whole zone sent") - compared != count && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(sent("whole zone sent") - compared).isEqualTo(count);
    }

    @ParameterizedTest
    @CsvSource({"KNOT, false", "KNOT, true", "NSD, false", "NSD, true"})
    void aSecondaryFollowsByNotifyAndIncrementalTransfers(Secondary.Kind kind, boolean signed)
            throws Exception {
        Churn churn = new Churn(7, 1000);
        try (Secondary secondary = new Secondary(kind, folder, signed)) {
            InetSocketAddress primary = PortPair.free();
            String settings = settings(primary, secondary, signed);
            try (DnsFrontend frontend = DnsFrontend.start(Frontends.settings(settings))) {
                publish(frontend, churn.next(300), Origin.SNAPSHOT);
                secondary.start(primary);
                awaitEqual(primary, secondary);
                for (int i = 0; i < 80; i++) {
                    publish(frontend, churn.next(4), Origin.CHANGES);
                    Thread.sleep(BEAT);
                }
                awaitEqual(primary, secondary);
                assertThat(sent("changes sent")).isGreaterThanOrEqualTo(2);
                awaitWholeZones(1);
            }
            // After the restart the secondary is behind, and the history of changes is gone.
            Churn.Step older = churn.next(4);
            try (DnsFrontend frontend = DnsFrontend.start(Frontends.settings(settings))) {
                publish(frontend, snapshot(older), Origin.DISK);
                awaitEqual(primary, secondary);
                awaitWholeZones(2);
                publish(frontend, churn.next(4), Origin.CHANGES);
                awaitEqual(primary, secondary);
                awaitWholeZones(2);
            }
            // After the restart the secondary is ahead; it waits until Meridian has caught up.
            try (DnsFrontend frontend = DnsFrontend.start(Frontends.settings(settings))) {
                publish(frontend, snapshot(older), Origin.DISK);
                Churn.Step next = churn.next(4);
                List<Change<ZoneRow>> changes = between(older, next);
                publish(
                        frontend,
                        new Churn.Step(changes, next.image(), next.revision()),
                        Origin.SNAPSHOT);
                awaitEqual(primary, secondary);
            }
        }
    }

    private static String settings(InetSocketAddress primary, Secondary secondary, boolean signed) {
        String key = signed ? ", key = " + Secondary.KEY : "";
        return """
        listen = ["%s"]
        transfer {
          keys = [{ name = %s, secret = "%s" }]
          allow = ["127.0.0.0/8%s"]
          notify = [{ address = "%s"%s, zones = [mesos] }]
        }
        """
                .formatted(
                        PortPair.text(primary),
                        Secondary.KEY,
                        Secondary.SECRET,
                        (signed ? " key " + Secondary.KEY : ""),
                        PortPair.text(secondary.address()),
                        key)
                // The transfer that compares the zones is unsigned.
                .replace("allow = [", signed ? "allow = [\"127.0.0.0/8\", " : "allow = [");
    }

    private static void publish(DnsFrontend frontend, Churn.Step step, Origin origin) {
        frontend.zonePublisher()
                .onUpdate(step.changes(), step.image(), new Provenance(step.revision(), origin));
    }

    private static Churn.Step snapshot(Churn.Step step) {
        return new Churn.Step(
                step.image().rows().stream().map(Change::add).toList(),
                step.image(),
                step.revision());
    }

    private static List<Change<ZoneRow>> between(Churn.Step before, Churn.Step after) {
        List<Change<ZoneRow>> changes =
                before.image().rows().stream()
                        .filter(row -> !after.image().contains(row))
                        .map(Change::remove)
                        .collect(Collectors.toList());
        after.image().rows().stream()
                .filter(row -> !before.image().contains(row))
                .map(Change::add)
                .forEach(changes::add);
        return changes;
    }

    /** Waits until the serials are equal, and then asserts that the zones are. */
    private void awaitEqual(InetSocketAddress primary, Secondary secondary) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        long wanted = serial(primary);
        long has;
        while ((has = serial(secondary.address())) != wanted) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError(
                        "secondary has serial " + has + " of " + wanted + ":\n" + secondary.log());
            }
            Thread.sleep(BEAT);
        }
        compared++;
        assertThat(zone(secondary.address())).isEqualTo(zone(primary)).isNotEmpty();
    }

    /**
     * @return serial of the secondary's zone; -1 while it has no zone or does not answer
     */
    private static long serial(InetSocketAddress server) {
        SimpleResolver resolver = new SimpleResolver(server);
        resolver.setTimeout(Duration.ofSeconds(2));
        try {
            Message reply = resolver.send(Oracle.question("mesos", Type.SOA));
            List<Record> answer = reply.getSection(Section.ANSWER);
            return answer.isEmpty() ? -1 : ((SOARecord) answer.getFirst()).getSerial();
        } catch (IOException e) {
            return -1;
        }
    }

    /** A complete zone by kdig, one record per line. */
    private static TreeSet<String> zone(InetSocketAddress server) throws IOException {
        String output =
                Programs.output(
                        List.of(
                                Requirement.program(SystemPackage.KNOT_DNSUTILS),
                                "@" + server.getAddress().getHostAddress(),
                                "-p",
                                String.valueOf(server.getPort()),
                                "+noall",
                                "+answer",
                                "mesos",
                                "AXFR"));
        return output.lines()
                .filter(line -> !line.isBlank() && !line.startsWith(";"))
                .map(line -> line.replaceAll("\\s+", " ").toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
