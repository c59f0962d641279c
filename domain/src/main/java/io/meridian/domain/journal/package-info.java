/** Agreement between the journal's writers and its readers. */
@NullMarked
package io.meridian.domain.journal;

import org.jspecify.annotations.NullMarked;
