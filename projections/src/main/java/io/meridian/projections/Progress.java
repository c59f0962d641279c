package io.meridian.projections;

import io.meridian.domain.mesos.ClusterEvent;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.vip.VipPoolEvent;
import io.r2dbc.spi.Connection;

import reactor.core.publisher.Mono;

import java.util.List;

/**
 * The table that holds, for each entity of one type, the sequence number of the last event that the
 * tables include or that was set aside.
 */
enum Progress {
    SERVICE(ServiceEvent.ENTITY_TYPE, "service", "service"),
    VIP_POOL(VipPoolEvent.ENTITY_TYPE, "vip_pool", "pool"),
    MESOS_CLUSTER(ClusterEvent.ENTITY_TYPE, "mesos_cluster", "cluster");

    private final String entityType;
    private final String table;
    private final String key;

    Progress(String entityType, String table, String key) {
        this.entityType = entityType;
        this.table = table;
        this.key = key;
    }

    String entityType() {
        return entityType;
    }

    /** Replaces {@code {type}}, {@code {table}} and {@code {key}}. */
    String sql(String template) {
        return template.replace("{type}", entityType)
                .replace("{table}", table)
                .replace("{key}", key);
    }

    /** Raises an entity's number and locks its row until the caller's transaction ends. */
    Mono<Void> advance(Connection connection, String entity, long sequenceNr) {
        String sql =
                sql(
                        """
                        INSERT INTO {table} AS p ({key}, seq_nr) VALUES ($1, $2)
                        ON CONFLICT ({key}) DO UPDATE SET seq_nr = greatest(p.seq_nr, excluded.seq_nr)
                        """);
        return TableWriter.execute(
                connection.createStatement(sql).bind("$1", entity).bind("$2", sequenceNr));
    }

    /**
     * Sets an entity's number back, so that the caller can project its events again. Locks the row
     * until the caller's transaction ends.
     *
     * @return the number before; 0 for an entity without a row
     */
    Mono<Long> rewind(Connection connection, String entity, long sequenceNr) {
        String select = sql("SELECT seq_nr FROM {table} WHERE {key} = $1 FOR UPDATE");
        String update = sql("UPDATE {table} SET seq_nr = $2 WHERE {key} = $1");
        return TableWriter.select(
                        connection.createStatement(select).bind("$1", entity),
                        row -> row.get(0, Long.class))
                .flatMap(
                        found ->
                                TableWriter.execute(
                                                connection
                                                        .createStatement(update)
                                                        .bind("$1", entity)
                                                        .bind("$2", sequenceNr))
                                        .thenReturn(last(found)));
    }

    private static long last(List<Long> found) {
        return found.isEmpty() ? 0 : found.getFirst();
    }
}
