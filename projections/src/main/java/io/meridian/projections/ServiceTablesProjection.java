package io.meridian.projections;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.table.Owner;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.NamingRules;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.projections.ServiceBatch.Applied;
import io.meridian.projections.ServiceBatch.Key;
import io.r2dbc.spi.Connection;

import reactor.core.publisher.Mono;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Projects service events to rows of both tables and to the services that the HTTP API shows. One
 * call writes one batch in the caller's transaction, and at most one revision of each table.
 */
final class ServiceTablesProjection {
    private final NamingRules rules;
    private final TableWriter<ZoneRow> zone;
    private final TableWriter<VipRow> vip;

    ServiceTablesProjection(NamingRules rules, ProjectionSettings settings) {
        this.rules = rules;
        this.zone = new TableWriter<>(SqlTable.ZONE, settings);
        this.vip = new TableWriter<>(SqlTable.VIP, settings);
    }

    /**
     * Projects a batch in two round trips to the database: all reads, then all writes. PostgreSQL
     * runs the pipelined statements of a round trip in order.
     *
     * @param entries in journal order per service; those that the tables already include change
     *     nothing
     */
    Mono<Void> apply(Connection connection, List<SequencedEvent<ServiceEventBatch>> entries) {
        Set<ServiceId> services = new LinkedHashSet<>();
        Set<String> owners = new LinkedHashSet<>();
        for (SequencedEvent<ServiceEventBatch> entry : entries) {
            ServiceId service = entry.event().service();
            services.add(service);
            ServiceBatch.tasks(entry.event()).forEach(task -> owners.add(Owner.of(service, task)));
        }
        return Mono.zip(applied(connection, services), present(connection, owners))
                .flatMap(
                        found -> {
                            ServiceBatch batch = ServiceBatch.of(entries, found.getT1());
                            return batch.services().isEmpty()
                                    ? Mono.empty()
                                    : write(connection, batch, found.getT2());
                        });
    }

    /**
     * Replaces the rows of instances by the rows that the present rules make. The caller has locked
     * the services by {@link #lock}.
     *
     * @param instances current state of the instances
     * @return number of rows added and removed
     */
    Mono<Integer> rebuild(Connection connection, Map<Key, Instance> instances) {
        SortedMap<Key, Optional<Instance>> conditions = new TreeMap<>();
        Set<String> owners = new LinkedHashSet<>();
        instances.forEach(
                (key, instance) -> {
                    conditions.put(key, Optional.of(instance));
                    owners.add(Owner.of(key.service(), key.task()));
                });
        return present(connection, owners)
                .flatMap(
                        present -> {
                            RowChanges edits = rowEdits(conditions, present);
                            return Mono.when(
                                            zone.write(connection, edits.zone().edits()),
                                            vip.write(connection, edits.vip().edits()),
                                            writeRevisions(connection, edits))
                                    .thenReturn(edits.zone().size() + edits.vip().size());
                        });
    }

    /** Locks the services' rows until the caller's transaction ends; other writers wait. */
    Mono<Void> lock(Connection connection, Set<ServiceId> services) {
        return applied(connection, services).then();
    }

    private Mono<Void> write(
            Connection connection, ServiceBatch batch, RowChanges.Present present) {
        RowChanges edits = rowEdits(batch.instances(), present);
        return Mono.when(
                writeInstances(connection, batch),
                zone.write(connection, edits.zone().edits()),
                vip.write(connection, edits.vip().edits()),
                writeServices(connection, batch, edits));
    }

    private RowChanges rowEdits(
            SortedMap<Key, Optional<Instance>> instances, RowChanges.Present present) {
        return RowChanges.of(instances, present, rules, zone, vip);
    }

    private Mono<RowChanges.Present> present(Connection connection, Set<String> owners) {
        return Mono.zip(
                zone.present(connection, owners),
                vip.present(connection, owners),
                RowChanges.Present::new);
    }

    /**
     * Reads the state of the services' rows and locks them. If two masters project at once, as
     * during a handover, the second waits and then sees the events as applied.
     */
    private static Mono<Map<ServiceId, Applied>> applied(
            Connection connection, Set<ServiceId> services) {
        String sql =
                """
                SELECT service, seq_nr, removed FROM service
                WHERE service = ANY($1) ORDER BY service FOR UPDATE
                """;
        return TableWriter.select(
                        connection
                                .createStatement(sql)
                                .bind("$1", column(services, ServiceId::toString)),
                        row ->
                                Map.entry(
                                        ServiceId.parse(row.get(0, String.class)),
                                        new Applied(
                                                row.get(1, Long.class), row.get(2, Boolean.class))))
                .map(
                        entries ->
                                entries.stream()
                                        .collect(
                                                Collectors.toMap(
                                                        Map.Entry::getKey, Map.Entry::getValue)));
    }

    private static Mono<Void> writeInstances(Connection connection, ServiceBatch batch) {
        if (batch.instances().isEmpty()) {
            return Mono.empty();
        }
        String sql =
                """
                WITH n AS (
                  SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS n(service, task, instance)),
                gone AS (
                  DELETE FROM service_instance i USING n
                  WHERE n.instance = '' AND i.service = n.service AND i.task = n.task)
                INSERT INTO service_instance (service, task, instance)
                SELECT service, task, instance::jsonb FROM n WHERE instance <> ''
                ON CONFLICT (service, task) DO UPDATE SET instance = excluded.instance
                """;
        return TableWriter.execute(
                connection
                        .createStatement(sql)
                        .bind(
                                "$1",
                                column(batch.instances().keySet(), key -> key.service().toString()))
                        .bind(
                                "$2",
                                column(batch.instances().keySet(), key -> key.task().toString()))
                        .bind(
                                "$3",
                                column(
                                        batch.instances().values(),
                                        instance -> instance.map(ServiceJson::encode).orElse(""))));
    }

    /**
     * Writes the services' rows; runs after the tables' writes, because it reads their revisions.
     */
    private static Mono<Void> writeServices(
            Connection connection, ServiceBatch batch, RowChanges edits) {
        Set<ServiceId> ids = batch.services().keySet();
        Collection<ServiceBatch.ServiceState> states = batch.services().values();
        String sql =
                """
                INSERT INTO service AS s (service, definition, removed, seq_nr, zone_revision, vip_revision)
                SELECT service, nullif(definition, '')::jsonb, removed, seq_nr,
                  CASE WHEN in_zone THEN (SELECT revision FROM table_revision WHERE name = 'zone') ELSE 0 END,
                  CASE WHEN in_vip THEN (SELECT revision FROM table_revision WHERE name = 'vip') ELSE 0 END
                FROM unnest($1::text[], $2::text[], $3::boolean[], $4::bigint[], $5::boolean[], $6::boolean[])
                  AS n(service, definition, removed, seq_nr, in_zone, in_vip)
                ON CONFLICT (service) DO UPDATE SET
                  definition = coalesce(excluded.definition, s.definition),
                  removed = excluded.removed, seq_nr = excluded.seq_nr,
                  zone_revision = greatest(excluded.zone_revision, s.zone_revision),
                  vip_revision = greatest(excluded.vip_revision, s.vip_revision)
                """;
        return TableWriter.execute(
                connection
                        .createStatement(sql)
                        .bind("$1", column(ids, ServiceId::toString))
                        .bind(
                                "$2",
                                column(
                                        states,
                                        state ->
                                                state.definition()
                                                        .map(ServiceJson::encode)
                                                        .orElse("")))
                        .bind(
                                "$3",
                                states.stream()
                                        .map(ServiceBatch.ServiceState::removed)
                                        .toArray(Boolean[]::new))
                        .bind(
                                "$4",
                                states.stream()
                                        .map(ServiceBatch.ServiceState::sequenceNr)
                                        .toArray(Long[]::new))
                        .bind("$5", flags(ids, edits.zone().touched()))
                        .bind("$6", flags(ids, edits.vip().touched())));
    }

    private static Mono<Void> writeRevisions(Connection connection, RowChanges edits) {
        Set<ServiceId> zone = edits.zone().touched();
        Set<ServiceId> vip = edits.vip().touched();
        Set<ServiceId> ids = new TreeSet<>(zone);
        ids.addAll(vip);
        if (ids.isEmpty()) {
            return Mono.empty();
        }
        String sql =
                """
                UPDATE service s SET
                  zone_revision = greatest(s.zone_revision,
                    CASE WHEN in_zone THEN (SELECT revision FROM table_revision WHERE name = 'zone') ELSE 0 END),
                  vip_revision = greatest(s.vip_revision,
                    CASE WHEN in_vip THEN (SELECT revision FROM table_revision WHERE name = 'vip') ELSE 0 END)
                FROM unnest($1::text[], $2::boolean[], $3::boolean[]) AS n(service, in_zone, in_vip)
                WHERE s.service = n.service
                """;
        return TableWriter.execute(
                connection
                        .createStatement(sql)
                        .bind("$1", column(ids, ServiceId::toString))
                        .bind("$2", flags(ids, zone))
                        .bind("$3", flags(ids, vip)));
    }

    private static Boolean[] flags(Set<ServiceId> ids, Set<ServiceId> touched) {
        return ids.stream().map(touched::contains).toArray(Boolean[]::new);
    }

    private static <T> String[] column(Collection<T> values, Function<T, String> text) {
        return values.stream().map(text).toArray(String[]::new);
    }
}
