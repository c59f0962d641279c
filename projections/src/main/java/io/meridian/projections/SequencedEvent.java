package io.meridian.projections;

/**
 * A journal entry and its place in the journal.
 *
 * @param entity id of the entity that wrote the entry, without the entity type
 * @param sequenceNr sequence number of the entry in its entity's journal, from 1
 */
record SequencedEvent<E>(String entity, long sequenceNr, E event) {}
