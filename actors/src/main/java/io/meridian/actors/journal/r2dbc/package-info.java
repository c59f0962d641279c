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
 *   <li>Each event of a transaction has its own timestamp, later than that of the entity's last
 *       event, and queries by slice deliver it.
 *   <li>Deleting events keeps the highest sequence number.
 *   <li>The snapshot store keeps one snapshot of each entity, its last.
 *   <li>Event metadata and snapshot metadata are not supported: a write with metadata fails.
 * </ul>
 *
 * <p>Settings: {@code batch} in {@code akka.persistence.r2dbc.journal} and {@code snapshot}.
 */
package io.meridian.actors.journal.r2dbc;
