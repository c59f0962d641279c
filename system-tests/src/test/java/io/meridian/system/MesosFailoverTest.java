package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.simulator.mesos.MesosAgent;
import io.meridian.simulator.mesos.MesosFramework;
import io.meridian.simulator.mesos.SimulatedMesos;
import io.meridian.simulator.mesos.SimulatedMesosSettings;
import io.meridian.simulator.mesos.TaskDraft;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * After a failover the new leader knows only tasks of reregistered agents. Nothing is withdrawn
 * until the leader has given up the missing agents; then their tasks are withdrawn.
 */
final class MesosFailoverTest {
    private static final String ALL = "broker.kafka.mesos.";
    private static final int REREGISTER_SECONDS = 8;

    @TempDir Path directory;

    @Test
    void aPartialStateWithdrawsNothingUntilMissingAgentsAreGivenUp() throws Exception {
        try (SimulatedMesos mesos =
                SimulatedMesos.start(
                        SimulatedMesosSettings.defaults().withMasters("127.0.0.1", "127.0.0.2"))) {
            List<MesosAgent> agents = new ArrayList<>();
            MesosFramework kafka = mesos.add(MesosFramework.of(1, "kafka", "10.0.0.9"));
            for (int i = 0; i < 3; i++) {
                agents.add(mesos.register(MesosAgent.of(i, "10.0.0." + (4 + i))));
                mesos.runs(kafka, agents.get(i), broker(i));
            }
            try (MesosHouse house =
                    MesosHouse.start(
                                    directory,
                                    mesos.urls(),
                                    Map.of(
                                            "meridian.sources.mesos.failover.reregister-timeout",
                                            REREGISTER_SECONDS + "s"))
                            .awaitReady()) {
                DnsClient dns = house.dns();
                Waiting.until(
                        "all are there",
                        MesosHouse.LIMIT,
                        () -> dns.ask(ALL, "A").data().size() == 3);
                try (AnswerChecker checker = checker(house, dns)) {
                    mesos.noLeader();
                    mesos.failover();
                    Waiting.until("attached", MesosHouse.LIMIT, () -> mesos.subscribers() > 0);
                    assertLeader(dns, "127.0.0.2");
                    mesos.reregister(agents.get(0));
                    mesos.reconnect(kafka);
                    mesos.reregister(agents.get(1));
                    mesos.runs(
                            kafka, agents.get(0), TaskDraft.of("new.1", "new").hostPorts(31_000));
                    Waiting.until(
                            "the new leader is followed",
                            MesosHouse.LIMIT,
                            () -> dns.ask("new.kafka.mesos.", "A").data().size() == 1);
                    assertThat(checker.wrong()).isEmpty();
                    assertThat(checker.answers()).isPositive();
                    assertThat(dns.ask(ALL, "A").data()).hasSize(3);
                }
                mesos.giveUpRecovered();
                Waiting.until(
                        "tasks of missing agents are gone",
                        MesosHouse.LIMIT,
                        () ->
                                dns.ask(ALL, "A")
                                        .data()
                                        .equals(new TreeSet<>(List.of("10.0.0.4", "10.0.0.5"))));
                Waiting.until(
                        "its agent and backend, too",
                        MesosHouse.LIMIT,
                        () ->
                                dns.ask("slave.mesos.", "A").data().size() == 2
                                        && house.api()
                                                        .tables()
                                                        .backends()
                                                        .get("tcp broker.kafka:9092")
                                                        .size()
                                                == 2);
                mesos.reregister(agents.get(2));
                Waiting.until(
                        "the task of the late agent is back",
                        MesosHouse.LIMIT,
                        () -> dns.ask(ALL, "A").data().size() == 3);
            }
        }
    }

    private static void assertLeader(DnsClient dns, String address) throws InterruptedException {
        Waiting.until(
                "the leader's name has moved",
                MesosHouse.LIMIT,
                () -> dns.ask("leader.mesos.", "A").data().equals(new TreeSet<>(List.of(address))));
    }

    private static TaskDraft broker(int i) {
        return TaskDraft.of("broker-" + i + ".1", "broker")
                .hostPorts(9092)
                .discovery("broker")
                .port(9092, "broker", "tcp", Map.of("VIP_0", "broker:9092"));
    }

    /** Checks the names that all tasks share, and the VIP. */
    private static AnswerChecker checker(MesosHouse house, DnsClient dns) throws Exception {
        Map<String, SortedSet<String>> truth =
                Map.of(
                        ALL,
                        dns.ask(ALL, "A").data(),
                        "broker.kafka.slave.mesos.",
                        new TreeSet<>(List.of("10.0.0.4", "10.0.0.5", "10.0.0.6")),
                        "slave.mesos.",
                        new TreeSet<>(List.of("10.0.0.4", "10.0.0.5", "10.0.0.6")),
                        "kafka.mesos.",
                        new TreeSet<>(List.of("10.0.0.9")),
                        "broker.kafka.autoip." + MesosHouse.DCOS + ".",
                        new TreeSet<>(List.of("10.0.0.4", "10.0.0.5", "10.0.0.6")),
                        "broker.kafka.l4lb.thisdcos.directory.",
                        dns.ask("broker.kafka.l4lb.thisdcos.directory.", "A").data());
        return new AnswerChecker(
                        Map.of(
                                "node",
                                new InetSocketAddress(
                                        InetAddress.getLoopbackAddress(), house.dnsPort())),
                        truth)
                .start();
    }
}
