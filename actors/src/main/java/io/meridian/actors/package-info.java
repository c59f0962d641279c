/**
 * The write side: event-sourced, sharded entities; the ingest that feeds them; the journal's
 * format.
 */
package io.meridian.actors;
