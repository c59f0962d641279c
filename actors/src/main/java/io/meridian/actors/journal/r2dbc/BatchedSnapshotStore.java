package io.meridian.actors.journal.r2dbc;

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

/**
 * The {@code class} of {@code akka.persistence.r2dbc.snapshot}: the plugin's table, with one
 * statement for the concurrent reads of many entities. Keeps one snapshot of each entity, its last.
 * Runs on the store actor's thread; stages complete on the driver's.
 */
public final class BatchedSnapshotStore extends SnapshotStore {
    private final Persistence persistence;
    private final Serialization serialization;
    private final JournalSql sql;
    private final RequestBatcher<String, Optional<JournalSql.Snapshot>> snapshots;

    /**
     * Akka calls this.
     *
     * @param config the settings at {@code path}
     * @param path of the plugin's settings, ends with {@code .snapshot}
     */
    public BatchedSnapshotStore(Config config, String path) {
        ActorSystem system = context().system();
        persistence = Persistence.get(system);
        serialization = SerializationExtension.get(system);
        sql = JournalSql.of(system, path.substring(0, path.lastIndexOf('.')));
        snapshots =
                new RequestBatcher<>(
                        config.getInt("batch.max-concurrent"),
                        config.getInt("batch.max-reads"),
                        ids ->
                                sql.snapshots(ids)
                                        .thenApply(
                                                found ->
                                                        ids.stream()
                                                                .map(found::get)
                                                                .map(Optional::ofNullable)
                                                                .toList()),
                        JournalSql::isOfOneRow);
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
        if (metadata.metadata().isDefined()) {
            throw new IllegalArgumentException(
                    "cannot write snapshot metadata: persistence-id=" + metadata.persistenceId());
        }
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

    /** Ignores the timestamp of the metadata, as Akka's contract asks. */
    @Override
    public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
        long sequenceNr = metadata.sequenceNr();
        return doDeleteAsync(
                metadata.persistenceId(),
                new SnapshotSelectionCriteria(sequenceNr, Long.MAX_VALUE, sequenceNr, 0));
    }

    @Override
    public Future<Void> doDeleteAsync(String id, SnapshotSelectionCriteria criteria) {
        return FutureConverters.asScala(sql.deleteSnapshot(id, criteria));
    }
}
