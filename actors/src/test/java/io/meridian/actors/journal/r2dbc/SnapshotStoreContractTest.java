package io.meridian.actors.journal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorRef;
import akka.persistence.DeleteSnapshotSuccess;
import akka.persistence.DeleteSnapshotsSuccess;
import akka.persistence.Persistence;
import akka.persistence.SaveSnapshotSuccess;
import akka.persistence.SelectedSnapshot;
import akka.persistence.SnapshotMetadata;
import akka.persistence.SnapshotProtocol;
import akka.persistence.SnapshotSelectionCriteria;

import io.meridian.actors.journal.r2dbc.PluginKit.Plugin;
import io.meridian.database.EmbeddedPostgresExtension;
import io.meridian.database.PostgresSettings;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.UUID;

/**
 * Requirements of Akka's persistence TCK for snapshot stores, for the batched plugin and for Akka's
 * own. Both keep only the last snapshot of an entity, so requirements on older ones do not apply.
 */
@ParameterizedClass
@EnumSource(Plugin.class)
@ExtendWith(EmbeddedPostgresExtension.class)
class SnapshotStoreContractTest {
    private static final SnapshotSelectionCriteria LATEST = SnapshotSelectionCriteria.latest();

    private final Plugin plugin;
    private final String id = "contract|" + UUID.randomUUID();
    private PluginKit kit;
    private SnapshotMetadata last;

    SnapshotStoreContractTest(Plugin plugin) {
        this.plugin = plugin;
    }

    /** Saves snapshots at 11 to 15; the store keeps the last. */
    @BeforeEach
    void saveFive(PostgresSettings database) {
        kit = new PluginKit(plugin, database);
        for (int i = 1; i <= 5; i++) {
            last = save(10 + i, "s-" + i);
        }
    }

    @AfterEach
    void stop() {
        kit.close();
    }

    @Test
    void theMostRecentSnapshotIsLoaded() {
        assertThat(load(LATEST)).containsExactly("s-5");
        assertThat(load(criteria(15, last.timestamp()))).containsExactly("s-5");
    }

    @Test
    void anUnknownEntityHasNoSnapshot() {
        assertThat(load("contract|none", LATEST, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void aSnapshotOutsideTheCriteriaIsNotLoaded() {
        assertThat(load(criteria(7, Long.MAX_VALUE))).isEmpty();
        assertThat(load(criteria(Long.MAX_VALUE, 100))).isEmpty();
        assertThat(load(id, LATEST, 7)).isEmpty();
    }

    @Test
    void aSingleSnapshotIsDeletedByItsSequenceNumber() {
        SnapshotMetadata other = new SnapshotMetadata(id, 14, 0);
        assertThat(
                        kit.ask(
                                        store(),
                                        new SnapshotProtocol.DeleteSnapshot(other),
                                        DeleteSnapshotSuccess.class)
                                .metadata())
                .isEqualTo(other);
        assertThat(load(LATEST)).containsExactly("s-5");

        kit.ask(
                store(),
                new SnapshotProtocol.DeleteSnapshot(new SnapshotMetadata(id, 15, 0)),
                DeleteSnapshotSuccess.class);
        assertThat(load(LATEST)).isEmpty();
    }

    @Test
    void snapshotsAreDeletedByCriteria() {
        delete(criteria(15, last.timestamp()));
        assertThat(load(LATEST)).isEmpty();
    }

    @Test
    void aSnapshotOutsideTheCriteriaIsNotDeleted() {
        delete(criteria(15, last.timestamp() - 1));
        delete(criteria(14, Long.MAX_VALUE));
        assertThat(load(LATEST)).containsExactly("s-5");
    }

    @Test
    void aSnapshotWithTheSameSequenceNumberReplacesTheLast() {
        save(15, "modified");
        assertThat(load(criteria(15, Long.MAX_VALUE))).containsExactly("modified");
    }

    @Test
    void aSnapshotOfTenThousandBytesIsKept() {
        String large = "0".repeat(10_000);
        save(100, large);
        assertThat(load(LATEST)).containsExactly(large);
    }

    private SnapshotMetadata save(long sequenceNr, Object snapshot) {
        SnapshotMetadata saved =
                kit.ask(
                                store(),
                                new SnapshotProtocol.SaveSnapshot(
                                        new SnapshotMetadata(id, sequenceNr, 0), snapshot),
                                SaveSnapshotSuccess.class)
                        .metadata();
        assertThat(saved.sequenceNr()).isEqualTo(sequenceNr);
        return saved;
    }

    private List<Object> load(SnapshotSelectionCriteria criteria) {
        return load(id, criteria, Long.MAX_VALUE);
    }

    private List<Object> load(String id, SnapshotSelectionCriteria criteria, long to) {
        SnapshotProtocol.LoadSnapshotResult result =
                kit.ask(
                        store(),
                        new SnapshotProtocol.LoadSnapshot(id, criteria, to),
                        SnapshotProtocol.LoadSnapshotResult.class);
        assertThat(result.toSequenceNr()).isEqualTo(to);
        if (result.snapshot().isEmpty()) {
            return List.of();
        }
        SelectedSnapshot selected = result.snapshot().get();
        assertThat(selected.metadata().persistenceId()).isEqualTo(id);
        return List.of(selected.snapshot());
    }

    private void delete(SnapshotSelectionCriteria criteria) {
        assertThat(
                        kit.ask(
                                        store(),
                                        new SnapshotProtocol.DeleteSnapshots(id, criteria),
                                        DeleteSnapshotsSuccess.class)
                                .criteria())
                .isEqualTo(criteria);
    }

    private static SnapshotSelectionCriteria criteria(long maxSequenceNr, long maxTimestamp) {
        return SnapshotSelectionCriteria.create(maxSequenceNr, maxTimestamp);
    }

    private ActorRef store() {
        return Persistence.get(kit.system)
                .snapshotStoreFor("", com.typesafe.config.ConfigFactory.empty());
    }
}
