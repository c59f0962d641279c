package io.meridian.projections;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.table.Owner;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.NamingRules;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.projections.ServiceBatch.Key;
import io.meridian.projections.ServiceBatch.Known;
import io.meridian.projections.ServiceBatch.Numbered;
import io.r2dbc.spi.Connection;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import reactor.core.publisher.Mono;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
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
     * Two exchanges with the database, whatever the batch: all that is read, then all that is
     * written. Statements of one exchange are sent at once and run in order.
     *
     * @param events in journal order per service; those that the tables already include change
     *     nothing
     */
    Mono<Void> apply(Connection connection, List<Numbered> events) {
        Set<ServiceId> services = new LinkedHashSet<>();
        Set<String> owners = new LinkedHashSet<>();
        for (Numbered numbered : events) {
            services.add(numbered.event().service());
            ServiceBatch.tasks(numbered.event())
                    .forEach(task -> owners.add(Owner.of(numbered.event().service(), task)));
        }
        return Mono.zip(known(connection, services), present(connection, owners))
                .flatMap(
                        found -> {
                            ServiceBatch batch = ServiceBatch.of(events, found.getT1());
                            return batch.services().isEmpty()
                                    ? Mono.empty()
                                    : write(connection, batch, found.getT2());
                        });
    }

    /**
     * Makes the rows of instances anew by the present rules, whatever rules made those that are
     * there. To be called with the services locked ({@link #lock}).
     *
     * @param instances as they are now
     * @return how many rows came and went
     */
    Mono<Integer> rederive(Connection connection, Map<Key, Instance> instances) {
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
                            Changes changes = changes(conditions, present);
                            return Mono.when(
                                            zone.write(connection, changes.zone().edits()),
                                            vip.write(connection, changes.vip().edits()),
                                            writeRevisions(connection, changes))
                                    .thenReturn(changes.zone().size() + changes.vip().size());
                        });
    }

    /** Makes others who change these services wait until this transaction has ended. */
    Mono<Void> lock(Connection connection, Set<ServiceId> services) {
        return known(connection, services).then();
    }

    private Mono<Void> write(Connection connection, ServiceBatch batch, Present present) {
        Changes changes = changes(batch.instances(), present);
        return Mono.when(
                writeInstances(connection, batch),
                zone.write(connection, changes.zone().edits()),
                vip.write(connection, changes.vip().edits()),
                writeServices(connection, batch, changes));
    }

    /** Rows that are there, by owner. */
    private record Present(Map<String, String> zone, Map<String, String> vip) {}

    private Mono<Present> present(Connection connection, Set<String> owners) {
        return Mono.zip(
                zone.present(connection, owners), vip.present(connection, owners), Present::new);
    }

    private record Changes(TableChanges<ZoneRow> zone, TableChanges<VipRow> vip) {}

    /**
     * What comes of a batch in one table. An instance that the rules can't read keeps the rows that
     * it has; the others go on.
     *
     * @param touched services that have an edit
     */
    private record TableChanges<R extends Row>(
            TableWriter<R> table, List<TableWriter.Edit> edits, Set<ServiceId> touched) {
        private TableChanges(TableWriter<R> table) {
            this(table, new ArrayList<>(), new HashSet<>());
        }

        void add(
                Key key,
                String owner,
                Optional<Instance> instance,
                Map<String, String> present,
                BiFunction<ServiceId, Instance, List<R>> rules) {
            try {
                List<R> desired =
                        instance.isPresent()
                                ? rules.apply(key.service(), instance.get())
                                : List.of();
                table.edit(owner, present, desired)
                        .ifPresent(
                                edit -> {
                                    edits.add(edit);
                                    touched.add(key.service());
                                });
            } catch (RuntimeException e) {
                LOG.error(
                        "cannot make rows: instance={} condition={}: its rows stay as they are",
                        key,
                        instance,
                        e);
            }
        }

        int size() {
            return edits.stream().mapToInt(TableWriter.Edit::size).sum();
        }
    }

    private Changes changes(SortedMap<Key, Optional<Instance>> instances, Present present) {
        Changes changes = new Changes(new TableChanges<>(zone), new TableChanges<>(vip));
        instances.forEach(
                (key, instance) -> {
                    String owner = Owner.of(key.service(), key.task());
                    changes.zone().add(key, owner, instance, present.zone(), rules::rows);
                    changes.vip()
                            .add(
                                    key,
                                    owner,
                                    instance,
                                    present.vip(),
                                    ServiceTablesProjection::backends);
                });
        return changes;
    }

    private static List<VipRow> backends(ServiceId service, Instance instance) {
        return List.copyOf(VipRules.rows(service, instance));
    }

    /**
     * Locks what it reads: should two masters project at once for a moment, the second waits and
     * then sees it done.
     */
    private static Mono<Map<ServiceId, Known>> known(
            Connection connection, Set<ServiceId> services) {
        return TableWriter.select(
                        connection
                                .createStatement(
                                        "SELECT service, seq_nr, removed FROM service WHERE service"
                                                + " = ANY($1) ORDER BY service FOR UPDATE")
                                .bind("$1", column(services, ServiceId::toString)),
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

    /** After the tables' own writes, so that it sees their new revisions. */
    private static Mono<Void> writeServices(
            Connection connection, ServiceBatch batch, Changes changes) {
        Set<ServiceId> ids = batch.services().keySet();
        Collection<ServiceBatch.Fate> fates = batch.services().values();
        String sql =
                "INSERT INTO service AS s"
                        + " (service, definition, removed, seq_nr, zone_revision, vip_revision)"
                        + " SELECT service, nullif(definition, '')::jsonb, removed, seq_nr,"
                        + revisionIf("in_zone", SqlTables.ZONE)
                        + ", "
                        + revisionIf("in_vip", SqlTables.VIP)
                        + " FROM unnest($1::text[], $2::text[], $3::boolean[], $4::bigint[],"
                        + " $5::boolean[], $6::boolean[])"
                        + " AS n(service, definition, removed, seq_nr, in_zone, in_vip)"
                        + " ON CONFLICT (service) DO UPDATE SET"
                        + " definition = coalesce(excluded.definition, s.definition),"
                        + " removed = excluded.removed, seq_nr = excluded.seq_nr,"
                        + " zone_revision = greatest(excluded.zone_revision, s.zone_revision),"
                        + " vip_revision = greatest(excluded.vip_revision, s.vip_revision)";
        return TableWriter.execute(
                connection
                        .createStatement(sql)
                        .bind("$1", column(ids, ServiceId::toString))
                        .bind(
                                "$2",
                                column(
                                        fates,
                                        fate ->
                                                fate.definition()
                                                        .map(ServiceJson::encode)
                                                        .orElse("")))
                        .bind(
                                "$3",
                                fates.stream()
                                        .map(ServiceBatch.Fate::removed)
                                        .toArray(Boolean[]::new))
                        .bind(
                                "$4",
                                fates.stream()
                                        .map(ServiceBatch.Fate::sequenceNr)
                                        .toArray(Long[]::new))
                        .bind("$5", flags(ids, changes.zone().touched()))
                        .bind("$6", flags(ids, changes.vip().touched())));
    }

    private static Mono<Void> writeRevisions(Connection connection, Changes changes) {
        Set<ServiceId> zone = changes.zone().touched();
        Set<ServiceId> vip = changes.vip().touched();
        Set<ServiceId> ids = new TreeSet<>(zone);
        ids.addAll(vip);
        if (ids.isEmpty()) {
            return Mono.empty();
        }
        String sql =
                "UPDATE service s SET zone_revision = greatest(s.zone_revision,"
                        + revisionIf("in_zone", SqlTables.ZONE)
                        + "), vip_revision = greatest(s.vip_revision,"
                        + revisionIf("in_vip", SqlTables.VIP)
                        + ") FROM unnest($1::text[], $2::boolean[], $3::boolean[])"
                        + " AS n(service, in_zone, in_vip) WHERE s.service = n.service";
        return TableWriter.execute(
                connection
                        .createStatement(sql)
                        .bind("$1", column(ids, ServiceId::toString))
                        .bind("$2", flags(ids, zone))
                        .bind("$3", flags(ids, vip)));
    }

    private static String revisionIf(String flag, SqlTable<?> table) {
        return " CASE WHEN "
                + flag
                + " THEN (SELECT revision FROM table_revision WHERE name = '"
                + table.name()
                + "') ELSE 0 END";
    }

    private static Boolean[] flags(Set<ServiceId> ids, Set<ServiceId> touched) {
        return ids.stream().map(touched::contains).toArray(Boolean[]::new);
    }

    private static <T> String[] column(Collection<T> values, Function<T, String> text) {
        return values.stream().map(text).toArray(String[]::new);
    }
}
