package io.meridian.projections;

/**
 * A journal entry and its place in the journal.
 *
 * @param entity id of the entity that wrote it, without its type
 * @param sequenceNr of the entry among its entity's, from 1
 */
record SequencedEvent<E>(String entity, long sequenceNr, E event) {}
