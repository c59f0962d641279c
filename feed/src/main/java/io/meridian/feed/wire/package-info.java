/** Messages and frames between masters and nodes, and the image file's format. */
@NullMarked
package io.meridian.feed.wire;

import org.jspecify.annotations.NullMarked;
