/** Marathon's JSON to the facts of {@code io.meridian.domain.lb}. */
@NullMarked
package io.meridian.lb.marathon;

import org.jspecify.annotations.NullMarked;
