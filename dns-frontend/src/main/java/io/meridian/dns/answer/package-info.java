/**
 * The content of our zones and the choice of answers. Pure: no sockets, and the image never
 * changes.
 */
@NullMarked
package io.meridian.dns.answer;

import org.jspecify.annotations.NullMarked;
