package io.meridian.projections;

import io.meridian.domain.mesos.ClusterEvent;
import io.meridian.domain.mesos.MesosCluster;
import io.meridian.domain.zone.ClusterRules;
import io.meridian.domain.zone.ZoneRow;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Readable;

import reactor.core.publisher.Mono;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Projects events of Mesos clusters to rows of the zone table. Each fact owns its rows. {@code
 * mesos_fact} stores the facts, so that {@link #rebuild} can make their rows again.
 */
final class ClusterProjection {
    private final ClusterRules rules;
    private final TableWriter<ZoneRow> zone;

    ClusterProjection(ClusterRules rules, ProjectionSettings settings) {
        this.rules = rules;
        this.zone = new TableWriter<>(SqlTable.ZONE, settings);
    }

    /** State of the masters, an agent or a framework; {@link #kind} names it in the table. */
    private sealed interface Fact {
        record Masters(MesosCluster.Masters masters) implements Fact {}

        record Agent(MesosCluster.Agent agent) implements Fact {}

        record Framework(MesosCluster.Framework framework) implements Fact {}
    }

    /** Like {@link ServiceTablesProjection#apply}: skips events that the tables already include. */
    Mono<Void> apply(Connection connection, List<SequencedEvent<ClusterEvent>> events) {
        if (events.isEmpty()) {
            return Mono.empty();
        }
        String cluster = events.getFirst().entity();
        return known(connection, cluster)
                .flatMap(
                        known -> {
                            List<SequencedEvent<ClusterEvent>> news =
                                    events.stream().filter(e -> e.sequenceNr() > known).toList();
                            return news.isEmpty()
                                    ? Mono.empty()
                                    : progress(connection, cluster, news.getLast().sequenceNr())
                                            .then(
                                                    Mono.defer(
                                                            () -> write(connection, latest(news))));
                        });
    }

    /**
     * Replaces the rows of all facts by those that the present rules make.
     *
     * @return number of rows added and removed
     */
    Mono<Integer> rebuild(Connection connection) {
        return lock(connection)
                .then(
                        TableWriter.select(
                                connection.createStatement(
                                        "SELECT owner, kind, fact::text FROM mesos_fact"),
                                ClusterProjection::fact))
                .flatMap(
                        found -> {
                            SortedMap<String, Optional<Fact>> facts = new TreeMap<>();
                            found.forEach(one -> facts.put(owner(one), Optional.of(one)));
                            return rows(connection, facts);
                        });
    }

    /** Last state of each fact by owner; empty for a removed agent or framework. */
    private static SortedMap<String, Optional<Fact>> latest(
            List<SequencedEvent<ClusterEvent>> events) {
        SortedMap<String, Optional<Fact>> facts = new TreeMap<>();
        for (SequencedEvent<ClusterEvent> entry : events) {
            switch (entry.event()) {
                case ClusterEvent.MastersChanged e -> put(facts, new Fact.Masters(e.masters()));
                case ClusterEvent.AgentChanged e -> put(facts, new Fact.Agent(e.agent()));
                case ClusterEvent.AgentRemoved e ->
                        facts.put(ClusterRules.agentOwner(e.id()), Optional.empty());
                case ClusterEvent.FrameworkChanged e ->
                        put(facts, new Fact.Framework(e.framework()));
                case ClusterEvent.FrameworkRemoved e ->
                        facts.put(ClusterRules.frameworkOwner(e.id()), Optional.empty());
            }
        }
        return facts;
    }

    private static void put(SortedMap<String, Optional<Fact>> facts, Fact fact) {
        facts.put(owner(fact), Optional.of(fact));
    }

    private static String owner(Fact fact) {
        return switch (fact) {
            case Fact.Masters _ -> ClusterRules.mastersOwner();
            case Fact.Agent one -> ClusterRules.agentOwner(one.agent().id());
            case Fact.Framework one -> ClusterRules.frameworkOwner(one.framework().id());
        };
    }

    private Mono<Void> write(Connection connection, SortedMap<String, Optional<Fact>> facts) {
        return writeFacts(connection, facts).then(Mono.defer(() -> rows(connection, facts))).then();
    }

    private Mono<Integer> rows(Connection connection, SortedMap<String, Optional<Fact>> facts) {
        return zone.present(connection, facts.keySet())
                .flatMap(
                        present -> {
                            List<TableWriter.Edit> edits = new ArrayList<>();
                            facts.forEach(
                                    (owner, fact) ->
                                            zone.edit(
                                                            owner,
                                                            present,
                                                            fact.map(this::rowsOf)
                                                                    .orElse(List.of()))
                                                    .ifPresent(edits::add));
                            return zone.write(connection, edits)
                                    .thenReturn(
                                            edits.stream().mapToInt(TableWriter.Edit::size).sum());
                        });
    }

    private List<ZoneRow> rowsOf(Fact fact) {
        return switch (fact) {
            case Fact.Masters one -> rules.rows(one.masters());
            case Fact.Agent one -> rules.rows(one.agent());
            case Fact.Framework one -> rules.rows(one.framework());
        };
    }

    private static Mono<Void> writeFacts(
            Connection connection, SortedMap<String, Optional<Fact>> facts) {
        String sql =
                """
                WITH n AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS n(owner, kind, fact)),
                gone AS (DELETE FROM mesos_fact f USING n WHERE n.fact = '' AND f.owner = n.owner)
                INSERT INTO mesos_fact (owner, kind, fact)
                SELECT owner, kind, fact::jsonb FROM n WHERE fact <> ''
                ON CONFLICT (owner) DO UPDATE SET kind = excluded.kind, fact = excluded.fact
                """;
        Collection<Optional<Fact>> all = facts.values();
        return TableWriter.execute(
                connection
                        .createStatement(sql)
                        .bind("$1", facts.keySet().toArray(String[]::new))
                        .bind(
                                "$2",
                                all.stream()
                                        .map(fact -> fact.map(ClusterProjection::kind).orElse(""))
                                        .toArray(String[]::new))
                        .bind(
                                "$3",
                                all.stream()
                                        .map(fact -> fact.map(ClusterProjection::json).orElse(""))
                                        .toArray(String[]::new)));
    }

    private static String kind(Fact fact) {
        return switch (fact) {
            case Fact.Masters _ -> "masters";
            case Fact.Agent _ -> "agent";
            case Fact.Framework _ -> "framework";
        };
    }

    private static String json(Fact fact) {
        return ServiceJson.encode(
                switch (fact) {
                    case Fact.Masters one -> one.masters();
                    case Fact.Agent one -> one.agent();
                    case Fact.Framework one -> one.framework();
                });
    }

    private static Fact fact(Readable row) {
        String json = row.get(2, String.class);
        String kind = row.get(1, String.class);
        return switch (kind) {
            case "masters" ->
                    new Fact.Masters(ServiceJson.decode(json, MesosCluster.Masters.class));
            case "agent" -> new Fact.Agent(ServiceJson.decode(json, MesosCluster.Agent.class));
            case "framework" ->
                    new Fact.Framework(ServiceJson.decode(json, MesosCluster.Framework.class));
            default ->
                    throw new IllegalStateException(
                            "fact of unknown kind \"" + kind + "\" of " + row.get(0, String.class));
        };
    }

    /**
     * Last sequence number that the tables include; 0 for none. Locks the cluster's row, so that a
     * second writer waits until this transaction has ended.
     */
    private static Mono<Long> known(Connection connection, String cluster) {
        String insert =
                """
                INSERT INTO mesos_cluster (cluster, seq_nr) VALUES ($1, 0) ON CONFLICT (cluster) DO NOTHING
                """;
        String select = "SELECT seq_nr FROM mesos_cluster WHERE cluster = $1 FOR UPDATE";
        return TableWriter.execute(connection.createStatement(insert).bind("$1", cluster))
                .then(
                        Mono.defer(
                                () ->
                                        TableWriter.select(
                                                connection
                                                        .createStatement(select)
                                                        .bind("$1", cluster),
                                                row -> row.get(0, Long.class))))
                .map(List::getFirst);
    }

    private static Mono<Void> lock(Connection connection) {
        return TableWriter.select(
                        connection.createStatement(
                                "SELECT seq_nr FROM mesos_cluster ORDER BY cluster FOR UPDATE"),
                        row -> row.get(0, Long.class))
                .then();
    }

    private static Mono<Void> progress(Connection connection, String cluster, long sequenceNr) {
        return TableWriter.execute(
                connection
                        .createStatement("UPDATE mesos_cluster SET seq_nr = $2 WHERE cluster = $1")
                        .bind("$1", cluster)
                        .bind("$2", sequenceNr));
    }
}
