package io.meridian.projections;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.table.Change;
import io.meridian.domain.table.Owner;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.NamingRules;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.projections.ServiceBatch.Known;
import io.meridian.projections.ServiceBatch.Numbered;
import io.r2dbc.spi.Connection;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import reactor.core.publisher.Mono;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Service events to rows of both tables and to what the HTTP API shows. One call is one batch
 * within a transaction of the caller's, and at most one revision of each table.
 */
final class ServiceTablesProjection {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceTablesProjection.class);

    private final NamingRules rules;
    private final TableWriter<ZoneRow> zone;
    private final TableWriter<VipRow> vip;

    ServiceTablesProjection(NamingRules rules, ProjectionSettings settings) {
        this.rules = rules;
        this.zone = new TableWriter<>(SqlTables.ZONE, settings);
        this.vip = new TableWriter<>(SqlTables.VIP, settings);
    }

    /**
     * @param events in journal order per service; those that the tables already include change
     *     nothing
     */
    Mono<Void> apply(Connection connection, List<Numbered> events) {
        Set<String> services =
                events.stream()
                        .map(e -> e.event().service().toString())
                        .collect(Collectors.toCollection(TreeSet::new));
        return known(connection, services)
                .flatMap(
                        known -> {
                            ServiceBatch batch = ServiceBatch.of(events, known);
                            return batch.services().isEmpty()
                                    ? Mono.empty()
                                    : write(connection, batch);
                        });
    }

    private Mono<Void> write(Connection connection, ServiceBatch batch) {
        Map<String, Condition> owners = new TreeMap<>();
        batch.instances()
                .forEach(
                        (key, instance) ->
                                owners.put(
                                        Owner.of(key.service(), key.task()),
                                        new Condition(key.service(), instance)));
        return zone.rows(connection, owners.keySet())
                .zipWhen(_ -> vip.rows(connection, owners.keySet()))
                .flatMap(
                        present -> {
                            List<Change<ZoneRow>> zoneChanges =
                                    changes(owners, present.getT1(), rules::rows);
                            List<Change<VipRow>> vipChanges =
                                    changes(
                                            owners,
                                            present.getT2(),
                                            (service, instance) ->
                                                    List.copyOf(VipRules.rows(service, instance)));
                            return writeInstances(connection, batch)
                                    .then(Mono.defer(() -> zone.write(connection, zoneChanges)))
                                    .zipWhen(_ -> vip.write(connection, vipChanges))
                                    .flatMap(
                                            revisions -> {
                                                Map<ServiceId, Long> zoneRevisions =
                                                        touched(zoneChanges, revisions.getT1());
                                                Map<ServiceId, Long> vipRevisions =
                                                        touched(vipChanges, revisions.getT2());
                                                return writeServices(
                                                        connection,
                                                        batch,
                                                        zoneRevisions,
                                                        vipRevisions);
                                            });
                        });
    }

    /**
     * @param instance empty once it has ended
     */
    private record Condition(ServiceId service, Optional<Instance> instance) {}

    /** An instance that the rules can't read keeps the rows that it has; the others go on. */
    private static <R extends Row> List<Change<R>> changes(
            Map<String, Condition> owners,
            List<R> present,
            BiFunction<ServiceId, Instance, List<R>> rules) {
        Map<String, List<R>> before = present.stream().collect(Collectors.groupingBy(Row::owner));
        List<Change<R>> changes = new ArrayList<>();
        owners.forEach(
                (owner, condition) -> {
                    List<R> rows = before.getOrDefault(owner, List.of());
                    try {
                        List<R> desired =
                                condition
                                        .instance()
                                        .map(instance -> rules.apply(condition.service(), instance))
                                        .orElse(List.of());
                        changes.addAll(TableDiff.of(rows, desired));
                    } catch (RuntimeException e) {
                        LOG.error(
                                "cannot make rows: instance={}: its rows stay as they are",
                                condition,
                                e);
                    }
                });
        return changes;
    }

    private static <R extends Row> Map<ServiceId, Long> touched(
            Collection<Change<R>> changes, long revision) {
        Map<ServiceId, Long> revisions = new HashMap<>();
        changes.forEach(change -> revisions.put(Owner.service(change.row().owner()), revision));
        return revisions;
    }

    /**
     * Locks what it reads: should two masters project at once for a moment, the second waits and
     * then sees it done.
     */
    private static Mono<Map<ServiceId, Known>> known(Connection connection, Set<String> services) {
        return TableWriter.select(
                        connection
                                .createStatement(
                                        "SELECT service, seq_nr, removed FROM service WHERE service"
                                                + " = ANY($1) ORDER BY service FOR UPDATE")
                                .bind("$1", SqlTable.texts(services)),
                        row ->
                                Map.entry(
                                        ServiceId.parse(row.get(0, String.class)),
                                        new Known(
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
                "WITH n AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS n(service,"
                    + " task, instance)), gone AS (DELETE FROM service_instance i USING n WHERE"
                    + " n.instance = '' AND i.service = n.service AND i.task = n.task) INSERT INTO"
                    + " service_instance (service, task, instance) SELECT service, task,"
                    + " instance::jsonb FROM n WHERE instance <> '' ON CONFLICT (service, task) DO"
                    + " UPDATE SET instance = excluded.instance";
        return TableWriter.execute(
                connection
                        .createStatement(sql)
                        .bind(
                                "$1",
                                column(batch.instances().keySet(), key -> key.service().toString()))
                        .bind("$2", column(batch.instances().keySet(), key -> key.task().value()))
                        .bind(
                                "$3",
                                column(
                                        batch.instances().values(),
                                        instance -> instance.map(ServiceJson::encode).orElse(""))));
    }

    private static Mono<Void> writeServices(
            Connection connection,
            ServiceBatch batch,
            Map<ServiceId, Long> zoneRevisions,
            Map<ServiceId, Long> vipRevisions) {
        Set<ServiceId> ids = batch.services().keySet();
        String sql =
                "INSERT INTO service AS s (service, definition, removed, seq_nr, zone_revision,"
                        + " vip_revision) SELECT service, nullif(definition, '')::jsonb, removed,"
                        + " seq_nr, zone_revision, vip_revision FROM unnest($1::text[], $2::text[],"
                        + " $3::boolean[], $4::bigint[], $5::bigint[], $6::bigint[]) AS n(service,"
                        + " definition, removed, seq_nr, zone_revision, vip_revision) ON CONFLICT"
                        + " (service) DO UPDATE SET definition = coalesce(excluded.definition,"
                        + " s.definition), removed = excluded.removed, seq_nr = excluded.seq_nr,"
                        + " zone_revision = greatest(excluded.zone_revision, s.zone_revision),"
                        + " vip_revision = greatest(excluded.vip_revision, s.vip_revision)";
        return TableWriter.execute(
                connection
                        .createStatement(sql)
                        .bind("$1", column(ids, ServiceId::toString))
                        .bind(
                                "$2",
                                column(
                                        batch.services().values(),
                                        fate ->
                                                fate.definition()
                                                        .map(ServiceJson::encode)
                                                        .orElse("")))
                        .bind(
                                "$3",
                                batch.services().values().stream()
                                        .map(ServiceBatch.Fate::removed)
                                        .toArray(Boolean[]::new))
                        .bind(
                                "$4",
                                batch.services().values().stream()
                                        .map(ServiceBatch.Fate::sequenceNr)
                                        .toArray(Long[]::new))
                        .bind(
                                "$5",
                                ids.stream()
                                        .map(id -> zoneRevisions.getOrDefault(id, 0L))
                                        .toArray(Long[]::new))
                        .bind(
                                "$6",
                                ids.stream()
                                        .map(id -> vipRevisions.getOrDefault(id, 0L))
                                        .toArray(Long[]::new)));
    }

    private static <T> String[] column(Collection<T> values, Function<T, String> text) {
        return values.stream().map(text).toArray(String[]::new);
    }
}
