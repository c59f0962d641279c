/**
 * What events look like in the journal: stable names with versions, JSON bodies; class names never
 * get there.
 */
package io.meridian.actors.journal;
