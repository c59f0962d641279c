package io.meridian.projections;

import static io.meridian.projections.TestDatabase.get;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.database.EmbeddedPostgresExtension;
import io.meridian.database.PostgresSettings;
import io.meridian.domain.mesos.ClusterEvent;
import io.meridian.domain.mesos.MesosCluster;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.zone.NamingRules;
import io.meridian.domain.zone.ZoneImage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

@ExtendWith(EmbeddedPostgresExtension.class)
class ClusterProjectionTest {
    private static final MesosCluster.Agent AGENT = agent("192.0.2.7");
    private static final MesosCluster.Framework KAFKA =
            new MesosCluster.Framework(
                    "f0",
                    "kafka",
                    "s@192.0.2.9:99",
                    "ignored",
                    List.of(IpAddress.literal("192.0.2.9")));
    private static final MesosCluster.Masters MASTERS =
            new MesosCluster.Masters("m@192.0.2.1:5050", List.of("192.0.2.1:5050"));

    private final ClusterProjection projection = projection(NamingRules.of("mesos"));
    private TestDatabase database;
    private TableStores stores;
    private long sequenceNr;

    @BeforeEach
    void open(PostgresSettings settings) {
        database = new TestDatabase(settings);
        stores = new TableStores(database.pool, new CommitListener(settings.connections("listen")));
    }

    @AfterEach
    void close() {
        stores.close();
        database.close();
    }

    @Test
    void aRemovedFactRemovesItsRows() {
        apply(
                new ClusterEvent.MastersChanged(MASTERS),
                new ClusterEvent.AgentChanged(AGENT),
                new ClusterEvent.FrameworkChanged(KAFKA));
        assertThat(rows())
                .containsExactlyInAnyOrder(
                        "leader.dcos.thisdcos.directory A 192.0.2.1",
                        "master.dcos.thisdcos.directory A 192.0.2.1",
                        "leader.mesos A 192.0.2.1",
                        "master.mesos A 192.0.2.1",
                        "master0.mesos A 192.0.2.1",
                        "_leader._tcp.mesos SRV 0 1 5050 leader.mesos.",
                        "_leader._udp.mesos SRV 0 1 5050 leader.mesos.",
                        "slave.mesos A 192.0.2.7",
                        "_slave._tcp.mesos SRV 0 1 5051 slave.mesos.",
                        "kafka.mesos A 192.0.2.9",
                        "_framework._tcp.kafka.mesos SRV 0 1 99 kafka.mesos.");

        apply(
                new ClusterEvent.AgentChanged(agent("192.0.2.8")),
                new ClusterEvent.FrameworkRemoved("f0"));
        assertThat(rows())
                .contains("slave.mesos A 192.0.2.8")
                .doesNotContain("slave.mesos A 192.0.2.7")
                .noneMatch(row -> row.contains("kafka"));
    }

    @Test
    void eventsThatTheTablesIncludeChangeNothing() {
        apply(new ClusterEvent.AgentChanged(AGENT));
        apply(new ClusterEvent.AgentRemoved(AGENT.id()));
        long before = revision();
        database.inTransaction(
                        connection ->
                                projection.apply(
                                        connection,
                                        List.of(
                                                new SequencedEvent<>(
                                                        "cluster",
                                                        1,
                                                        new ClusterEvent.AgentChanged(AGENT)))))
                .block(Duration.ofSeconds(20));

        assertThat(rows()).isEmpty();
        assertThat(revision()).isEqualTo(before);
    }

    @Test
    void changedRulesRebuildTheRows() {
        apply(new ClusterEvent.MastersChanged(MASTERS), new ClusterEvent.AgentChanged(AGENT));
        NamingRules other = NamingRules.of("a.example");
        ProjectionRebuild rebuild =
                new ProjectionRebuild(
                        new Transactions(database.pool),
                        new ServiceTablesProjection(other, Examples.SETTINGS),
                        projection(other),
                        "other",
                        10);
        rebuild.begin().block(Duration.ofSeconds(20));
        rebuild.run().block(Duration.ofSeconds(20));

        assertThat(rows())
                .contains("slave.a.example A 192.0.2.7", "master0.a.example A 192.0.2.1")
                .noneMatch(row -> row.contains(".mesos"));
    }

    @Test
    void appliedTellsWhetherTheTablesIncludeAClustersEvent() {
        ServiceQueries queries = new ServiceQueries(database.pool);
        apply(new ClusterEvent.MastersChanged(MASTERS), new ClusterEvent.AgentChanged(AGENT));

        assertThat(get(queries.applied(Map.of("mesos-cluster|cluster", 2L)))).isTrue();
        assertThat(get(queries.applied(Map.of("mesos-cluster|cluster", 3L)))).isFalse();
    }

    @Test
    void journalledFactsBecomeZoneRows(PostgresSettings settings) throws Exception {
        try (TestNode node = TestNode.start(settings)) {
            get(
                    node.persist(
                            ClusterEvent.ENTITY_TYPE,
                            "cluster",
                            List.of(
                                    new ClusterEvent.MastersChanged(MASTERS),
                                    new ClusterEvent.AgentChanged(AGENT))));
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (!rows().contains("slave.mesos A 192.0.2.7")) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.sleep(20);
            }
        }
    }

    private void apply(ClusterEvent... events) {
        List<SequencedEvent<ClusterEvent>> numbered = new ArrayList<>();
        for (ClusterEvent event : events) {
            numbered.add(new SequencedEvent<>("cluster", ++sequenceNr, event));
        }
        database.inTransaction(connection -> projection.apply(connection, numbered))
                .block(Duration.ofSeconds(20));
    }

    private long revision() {
        return get(StoredTable.zone(stores).readAll()).revision();
    }

    private List<String> rows() {
        return TestDatabase.whole(StoredTable.zone(stores), ZoneImage.EMPTY).rows().stream()
                .map(row -> row.name() + " " + row.type() + " " + row.data())
                .toList();
    }

    private static ClusterProjection projection(NamingRules rules) {
        return new ClusterProjection(rules.cluster(), Examples.SETTINGS);
    }

    private static MesosCluster.Agent agent(String address) {
        return new MesosCluster.Agent(
                "m-S0",
                "slave(1)@" + address + ":5051",
                "host",
                List.of(IpAddress.literal(address)));
    }
}
