/**
 * From a source's signals to the entities, in order per service, bounded, and never believing an
 * absence too soon.
 */
package io.meridian.actors.ingest;
