/** Bounds of text that comes from outside. */
@NullMarked
package io.meridian.domain.text;

import org.jspecify.annotations.NullMarked;
