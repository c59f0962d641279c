/** Marathon-LB as a renderer: one document of apps to the files that HAProxy reads. */
@NullMarked
package io.meridian.lb;

import org.jspecify.annotations.NullMarked;
