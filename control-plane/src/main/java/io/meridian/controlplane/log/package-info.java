/** How log events become lines: escaped, of bounded length and of bounded number. */
@NullMarked
package io.meridian.controlplane.log;

import org.jspecify.annotations.NullMarked;
