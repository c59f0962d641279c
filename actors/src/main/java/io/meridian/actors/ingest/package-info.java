/**
 * Brings a source's observations to the entities: in order per service, a bounded number in flight,
 * each sent again until acknowledged. {@link io.meridian.actors.ingest.IngestCore} is the pure
 * state machine, {@link io.meridian.actors.ingest.Ingest} the actor around it.
 */
@NullMarked
package io.meridian.actors.ingest;

import org.jspecify.annotations.NullMarked;
