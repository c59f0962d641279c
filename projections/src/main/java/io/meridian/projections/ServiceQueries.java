package io.meridian.projections;

import akka.actor.typed.ActorSystem;
import akka.persistence.r2dbc.ConnectionFactoryProvider;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.ServiceId;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Queries of projected services. Stages fail if the database is unreachable. */
public final class ServiceQueries {
    private static final String SELECT =
            """
            SELECT s.service, s.definition::text, s.removed, s.seq_nr, s.zone_revision, s.vip_revision,
              i.instance::text
            FROM service s LEFT JOIN service_instance i ON i.service = s.service
            """;

    /** Entities of one type whose progress is lower than wanted. */
    private static final String BEHIND =
            """
            SELECT '{type}|' || n.id FROM unnest({ids}::text[], {numbers}::bigint[]) AS n(id, seq_nr)
            LEFT JOIN {table} t ON t.{key} = n.id WHERE coalesce(t.seq_nr, 0) < n.seq_nr
            """;

    private final ConnectionFactory connections;

    ServiceQueries(ConnectionFactory connections) {
        this.connections = connections;
    }

    public static ServiceQueries create(ActorSystem<?> system) {
        return new ServiceQueries(
                ConnectionFactoryProvider.get(system)
                        .connectionFactoryFor(TableStores.CONNECTIONS));
    }

    /**
     * One service as last projected.
     *
     * @param definition the newest definition; empty while only instances are known
     * @param removed no longer defined; {@link #list} has it while it has instances, {@link #find}
     *     until housekeeping deletes it
     * @param sequenceNr sequence number of its last journal entry that the tables include
     * @param zoneRevision revision of the zone table at which its rows last changed; 0 for never
     * @param vipRevision revision of the VIP table at which its rows last changed; 0 for never
     * @param instances instances that have not ended, sorted by task
     */
    public record Service(
            ServiceId id,
            Optional<ServiceDefinition> definition,
            boolean removed,
            long sequenceNr,
            long zoneRevision,
            long vipRevision,
            List<Instance> instances) {
        public Service {
            instances = List.copyOf(instances);
        }
    }

    /** Services that are defined or have instances, sorted by id. */
    public CompletionStage<List<Service>> list() {
        return read(
                        connection ->
                                connection.createStatement(
                                        SELECT + "WHERE NOT s.removed OR i.task IS NOT NULL"),
                        ServiceQueries::found)
                .map(ServiceQueries::services)
                .toFuture();
    }

    /** One service, even if it is removed and has no instances. */
    public CompletionStage<Optional<Service>> find(ServiceId id) {
        return read(
                        connection ->
                                connection
                                        .createStatement(SELECT + "WHERE s.service = $1")
                                        .bind("$1", id.toString()),
                        ServiceQueries::found)
                .map(found -> services(found).stream().findFirst())
                .toFuture();
    }

    /**
     * Whether the tables include all events up to the given sequence numbers.
     *
     * @param sequenceNrs sequence numbers by persistence id of services, VIP pools and Mesos
     *     clusters
     * @throws IllegalArgumentException if a persistence id is of another entity type
     */
    public CompletionStage<Boolean> applied(Map<String, Long> sequenceNrs) {
        return behind(sequenceNrs).thenApply(Optional::isEmpty);
    }

    /**
     * A persistence id with events up to its sequence number that the tables lack; empty if they
     * include all. Takes the parameters of {@link #applied}.
     */
    public CompletionStage<Optional<String>> behind(Map<String, Long> sequenceNrs) {
        List<Map<String, Long>> byType =
                Arrays.stream(Progress.values())
                        .map(progress -> ofType(progress.entityType(), sequenceNrs))
                        .toList();
        if (byType.stream().mapToInt(Map::size).sum() < sequenceNrs.size()) {
            throw new IllegalArgumentException(
                    "not all of " + sequenceNrs.keySet() + " are services, VIP pools or clusters");
        }
        return read(
                        connection -> behind(connection.createStatement(behind()), byType),
                        row -> row.get(0, String.class))
                .map(found -> found.stream().findFirst())
                .toFuture();
    }

    /** Parameters $1 and $2 are ids and sequence numbers of the first type, and so on. */
    private static String behind() {
        return Arrays.stream(Progress.values())
                .map(
                        progress ->
                                progress.sql(BEHIND)
                                        .replace("{ids}", "$" + (2 * progress.ordinal() + 1))
                                        .replace("{numbers}", "$" + (2 * progress.ordinal() + 2)))
                .collect(Collectors.joining("UNION ALL ", "", "LIMIT 1"));
    }

    private static Statement behind(Statement statement, List<Map<String, Long>> byType) {
        for (int i = 0; i < byType.size(); i++) {
            Map<String, Long> wanted = byType.get(i);
            statement.bind(2 * i, SqlTable.texts(wanted.keySet()));
            statement.bind(2 * i + 1, wanted.values().toArray(Long[]::new));
        }
        return statement;
    }

    /** The entity's id in a persistence id, which is entity type, "|" and id. */
    static String entityId(String persistenceId) {
        return persistenceId.substring(persistenceId.indexOf('|') + 1);
    }

    private static Map<String, Long> ofType(String entityType, Map<String, Long> sequenceNrs) {
        Map<String, Long> found = new LinkedHashMap<>();
        sequenceNrs.forEach(
                (id, number) -> {
                    if (id.startsWith(entityType + "|")) {
                        found.put(entityId(id), number);
                    }
                });
        return found;
    }

    /** A row of the join: a service and one of its instances; empty if it has no instance. */
    private record Found(
            ServiceId id, Function<List<Instance>, Service> service, Optional<Instance> instance) {}

    private static Found found(Readable row) {
        ServiceId id = ServiceId.parse(row.get(0, String.class));
        Optional<String> definition = Optional.ofNullable(row.get(1, String.class));
        boolean removed = row.get(2, Boolean.class);
        long sequenceNr = row.get(3, Long.class);
        long zoneRevision = row.get(4, Long.class);
        long vipRevision = row.get(5, Long.class);
        return new Found(
                id,
                instances ->
                        new Service(
                                id,
                                definition.map(
                                        json -> ServiceJson.decode(json, ServiceDefinition.class)),
                                removed,
                                sequenceNr,
                                zoneRevision,
                                vipRevision,
                                instances),
                Optional.ofNullable(row.get(6, String.class))
                        .map(json -> ServiceJson.decode(json, Instance.class)));
    }

    private static List<Service> services(List<Found> found) {
        SortedMap<ServiceId, List<Found>> byId =
                found.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Found::id, TreeMap::new, Collectors.toList()));
        return byId.values().stream()
                .map(
                        own ->
                                own.getFirst()
                                        .service()
                                        .apply(
                                                own.stream()
                                                        .flatMap(one -> one.instance().stream())
                                                        .sorted(
                                                                Comparator.comparing(
                                                                        Instance::task))
                                                        .toList()))
                .toList();
    }

    private <T> Mono<List<T>> read(
            Function<Connection, Statement> statement, Function<Readable, T> reader) {
        return Flux.usingWhen(
                        connections.create(),
                        connection -> TableWriter.select(statement.apply(connection), reader),
                        connection -> connection.close())
                .single();
    }
}
