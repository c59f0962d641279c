package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.simulator.mesos.MesosAgent;
import io.meridian.simulator.mesos.MesosFramework;
import io.meridian.simulator.mesos.SimulatedMesos;
import io.meridian.simulator.mesos.SimulatedMesosSettings;
import io.meridian.simulator.mesos.SimulatedMesosSettings.Api;
import io.meridian.simulator.mesos.TaskDraft;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A Mesos cluster without Marathon gets all records of Mesos-DNS, and VIPs. */
final class MesosOnlyTest {
    private static final List<String> SOURCES = List.of("netinfo", "mesos", "host");

    @TempDir static Path directory;
    private static SimulatedMesos mesos;
    private static MesosHouse house;
    private static DnsClient dns;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        mesos =
                SimulatedMesos.start(
                        SimulatedMesosSettings.defaults()
                                .withMasters("127.0.0.1", "127.0.0.2", "127.0.0.3"));
        port = mesos.url().getPort();
        fill(mesos);
        house = MesosHouse.start(directory, mesos.urls(), Map.of()).awaitReady();
        dns = house.dns();
    }

    @AfterAll
    static void stop() {
        house.close();
        mesos.close();
    }

    private static void fill(SimulatedMesos cluster) {
        MesosFramework kafka =
                cluster.add(MesosFramework.of(1, "kafka", "10.0.0.9").at("10.0.0.9", 1099));
        MesosFramework spark = cluster.add(MesosFramework.of(2, "Team.A/Spark_1", "10.0.0.8"));
        for (int i = 0; i < 3; i++) {
            MesosAgent agent = cluster.register(MesosAgent.of(i, "10.0.0." + (4 + i)));
            cluster.runs(
                    kafka,
                    agent,
                    TaskDraft.of("kafka-" + i + "-broker__1", "kafka-" + i + "-broker")
                            .hostPorts(9092)
                            .discovery("kafka-" + i + "-broker")
                            .port(9092, "broker", "tcp", Map.of("VIP_0", "broker:9092")));
            cluster.runs(
                    spark,
                    agent,
                    TaskDraft.of("executor." + i, "executor.of spark").hostPorts(31_001, 31_002));
        }
        cluster.runs(
                spark,
                MesosAgent.of(0, "10.0.0.4"),
                TaskDraft.of("driver.1", "ignored")
                        .docker("USER")
                        .network("dcos")
                        .address("dcos", "9.0.0.2", "fd01:b::2")
                        .discovery("driver.job")
                        .port(8080, "ui", "tcp", Map.of("VIP_1", "/driver:80")));
    }

    @Test
    void allAnswersEqualWhatThePeersMakeOfTheState() throws Exception {
        MesosOracle oracle = new MesosOracle(MesosHouse.state(mesos.url()), SOURCES);
        assertThat(oracle.tasks()).hasSizeGreaterThan(40);
        house.awaitAgreement("streamed", oracle);
    }

    @Test
    void agentsMastersAndFrameworksHaveTheirNames() throws Exception {
        assertAnswer("slave.mesos.", "A", "10.0.0.4", "10.0.0.5", "10.0.0.6");
        assertAnswer("_slave._tcp.mesos.", "SRV", "0 1 5051 slave.mesos.");
        assertAnswer("master.mesos.", "A", "127.0.0.1", "127.0.0.2", "127.0.0.3");
        for (int i = 0; i < 3; i++) {
            assertAnswer("master" + i + ".mesos.", "A", "127.0.0." + (i + 1));
        }
        assertAnswer("leader.mesos.", "A", "127.0.0.1");
        assertAnswer("_leader._tcp.mesos.", "SRV", "0 1 " + port + " leader.mesos.");
        assertAnswer("_leader._udp.mesos.", "SRV", "0 1 " + port + " leader.mesos.");
        assertAnswer("kafka.mesos.", "A", "10.0.0.9");
        assertAnswer("_framework._tcp.kafka.mesos.", "SRV", "0 1 1099 kafka.mesos.");
        assertAnswer("team.aspark-1.mesos.", "A", "10.0.0.8");
        assertAnswer("leader.dcos.thisdcos.directory.", "A", "127.0.0.1");
        assertAnswer("master.dcos.thisdcos.directory.", "A", "127.0.0.1", "127.0.0.2", "127.0.0.3");
    }

    @Test
    void tasksHaveTheirNamesWithAndWithoutDiscoveryInfo() throws Exception {
        String broker = "kafka-0-broker-" + TaskNameHash.of("kafka-0-broker__1") + "-s0.kafka";
        assertAnswer("kafka-0-broker.kafka.mesos.", "A", "10.0.0.4");
        assertAnswer(broker + ".mesos.", "A", "10.0.0.4");
        assertAnswer(
                "_broker._kafka-0-broker._tcp.kafka.mesos.",
                "SRV",
                "0 1 9092 " + broker + ".mesos.");
        assertAnswer(
                "executor-ofspark.team.aspark-1.mesos.", "A", "10.0.0.4", "10.0.0.5", "10.0.0.6");
        assertThat(dns.ask("_executor-ofspark._udp.team.aspark-1.mesos.", "SRV").data()).hasSize(6);
        assertAnswer("driver-job.team.aspark-1.mesos.", "A", "9.0.0.2");
        assertAnswer("driver.job.team.aspark-1.mesos.", "AAAA", "fd01:b::2");
        assertAnswer("driver-job.team.aspark-1.slave.mesos.", "A", "10.0.0.4");
        assertAnswer(
                "driver-job.team-aspark-1.agentip" + "." + MesosHouse.DCOS + ".", "A", "10.0.0.4");
        assertAnswer("driver-job.team-aspark-1.autoip." + MesosHouse.DCOS + ".", "A", "9.0.0.2");
        assertThat(dns.ask("ignored.team.aspark-1.mesos.", "A").code()).isEqualTo("NXDOMAIN");
    }

    @Test
    void theZoneHasOneSoaAndOneNsRecord() throws Exception {
        assertThat(dns.ask("mesos.", "SOA").data()).hasSize(1);
        assertThat(dns.ask("mesos.", "NS").data()).hasSize(1);
    }

    @Test
    void vipsHaveAddressesAndBackends() throws Exception {
        Map<String, String> addresses = house.api().vipAddresses();
        assertAnswer(
                "broker.kafka.l4lb.thisdcos.directory.",
                "A",
                addresses.get("tcp broker.kafka:9092"));
        assertThat(house.api().tables().backends().get("tcp broker.kafka:9092"))
                .extracting(backend -> backend.address() + ":" + backend.port())
                .containsExactly("10.0.0.4:9092", "10.0.0.5:9092", "10.0.0.6:9092");
        assertThat(addresses).containsKey("tcp driver.team.aspark-1:80");
    }

    @Test
    void anOldMasterIsPolled() throws Exception {
        try (SimulatedMesos old =
                SimulatedMesos.start(SimulatedMesosSettings.defaults().withApi(Api.STATE_ONLY))) {
            fill(old);
            try (MesosHouse polling =
                    MesosHouse.start(directory.resolve("old"), old.urls(), Map.of()).awaitReady()) {
                polling.awaitAgreement(
                        "polled", new MesosOracle(MesosHouse.state(old.url()), SOURCES));
            }
        }
    }

    private static void assertAnswer(String name, String type, String... data) throws Exception {
        assertThat(dns.ask(name, type).data()).as(name + " " + type).containsExactly(data);
    }
}
