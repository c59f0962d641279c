/** What the two tables share: rows, changes, revisions. */
package io.meridian.domain.table;
