/**
 * Routes to the text of HAProxy's configuration and to its map files. Pure: no files, no clock, no
 * sockets, no logger.
 */
@NullMarked
package io.meridian.lb.render;

import org.jspecify.annotations.NullMarked;
