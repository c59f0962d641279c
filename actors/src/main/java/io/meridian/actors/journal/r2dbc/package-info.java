/**
 * Journal and snapshot store on the tables of Akka Persistence R2DBC 1.1, with one statement for
 * the requests of many entities (ADR 0025).
 *
 * <p>Contract, which {@code JournalContractTest} and {@code SnapshotStoreContractTest} state and
 * run on Akka's own plugin too:
 *
 * <ul>
 *   <li>A write of one entity is atomic. Its failure does not fail writes of other entities, unless
 *       the connection or the server fails.
 *   <li>The transaction of a write also queues its events for projections (ADR 0030). {@code
 *       JournalSqlTest} states this one, because Akka's plugin has no queue.
 *   <li>Deleting events keeps the highest sequence number.
 *   <li>The snapshot store keeps one snapshot of each entity, its last.
 *   <li>Event metadata and snapshot metadata are not supported: a write with metadata fails.
 * </ul>
 *
 * <p>Settings: {@code batch} in {@code akka.persistence.r2dbc.journal} and {@code snapshot}.
 */
package io.meridian.actors.journal.r2dbc;
