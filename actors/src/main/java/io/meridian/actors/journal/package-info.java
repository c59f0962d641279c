/** Format of journal entries: stable names with versions, and JSON bodies; never class names. */
package io.meridian.actors.journal;
