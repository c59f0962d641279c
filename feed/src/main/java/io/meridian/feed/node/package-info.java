/** The node's end of the feed: polls a master, keeps the image and its file, calls publishers. */
@NullMarked
package io.meridian.feed.node;

import org.jspecify.annotations.NullMarked;
