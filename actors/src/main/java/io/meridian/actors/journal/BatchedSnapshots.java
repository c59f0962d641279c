package io.meridian.actors.journal;

import akka.actor.ActorSystem;
import akka.persistence.Persistence;
import akka.persistence.SelectedSnapshot;
import akka.persistence.SnapshotMetadata;
import akka.persistence.SnapshotSelectionCriteria;
import akka.persistence.snapshot.japi.SnapshotStore;
import akka.persistence.typed.PersistenceId;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;

import com.typesafe.config.Config;

import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The snapshot store of Akka Persistence R2DBC, with its table, but entities that come up at the
 * same time ask in one statement. One snapshot of each entity, its last. The {@code class} in
 * {@code akka.persistence.r2dbc.snapshot}.
 */
public final class BatchedSnapshots extends SnapshotStore {
    private static final int EXCHANGES = 1;
    private static final int MOST_READS = 500;

    private final Persistence persistence;
    private final Serialization serialization;
    private final JournalSql sql;
    private final Together<String, Optional<JournalSql.Snapshot>> snapshots;

    /**
     * As Akka makes it.
     *
     * @param path of its settings, ends with {@code .snapshot}
     */
    public BatchedSnapshots(Config config, String path) {
        ActorSystem system = context().system();
        persistence = Persistence.get(system);
        serialization = SerializationExtension.get(system);
        sql = JournalSql.of(system, path.substring(0, path.lastIndexOf('.')));
        snapshots =
                new Together<>(
                        EXCHANGES,
                        MOST_READS,
                        ids ->
                                sql.snapshots(ids)
                                        .thenApply(
                                                found ->
                                                        ids.stream()
                                                                .map(found::get)
                                                                .map(Optional::ofNullable)
                                                                .toList()),
                        _ -> false);
    }

    @Override
    public Future<Optional<SelectedSnapshot>> doLoadAsync(
            String id, SnapshotSelectionCriteria criteria) {
        return FutureConverters.asScala(
                snapshots
                        .ask(id)
                        .thenApply(
                                found ->
                                        found.map(this::read)
                                                .filter(one -> isMeant(one.metadata(), criteria))));
    }

    private SelectedSnapshot read(JournalSql.Snapshot snapshot) {
        JournalSql.Written state = snapshot.state();
        return SelectedSnapshot.create(
                new SnapshotMetadata(
                        snapshot.persistenceId(), snapshot.sequenceNr(), snapshot.timestamp()),
                serialization
                        .deserialize(state.bytes(), state.serializer(), state.manifest())
                        .get());
    }

    private static boolean isMeant(SnapshotMetadata of, SnapshotSelectionCriteria criteria) {
        return criteria.minSequenceNr() <= of.sequenceNr()
                && of.sequenceNr() <= criteria.maxSequenceNr()
                && criteria.minTimestamp() <= of.timestamp()
                && of.timestamp() <= criteria.maxTimestamp();
    }

    @Override
    public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
        return FutureConverters.asScala(
                sql.save(
                        new JournalSql.Snapshot(
                                persistence.sliceForPersistenceId(metadata.persistenceId()),
                                PersistenceId.extractEntityType(metadata.persistenceId()),
                                metadata.persistenceId(),
                                metadata.sequenceNr(),
                                metadata.timestamp(),
                                JournalSql.Written.of(serialization, snapshot))));
    }

    @Override
    public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
        return unsupported(metadata.persistenceId());
    }

    @Override
    public Future<Void> doDeleteAsync(String id, SnapshotSelectionCriteria criteria) {
        return unsupported(id);
    }

    /** Housekeeping removes them, with the service. */
    private static Future<Void> unsupported(String id) {
        return FutureConverters.asScala(
                CompletableFuture.failedFuture(
                        new UnsupportedOperationException(
                                "entities don't remove snapshots: " + id)));
    }
}
