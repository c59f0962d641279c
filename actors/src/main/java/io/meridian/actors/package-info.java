/**
 * The write side: event-sourced, sharded entities, the ingest that sends them observations, and the
 * format of the journal.
 */
package io.meridian.actors;
