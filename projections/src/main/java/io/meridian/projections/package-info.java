/**
 * The read side: folds the journal into the zone table and the VIP table, and knows their
 * revisions.
 */
package io.meridian.projections;
