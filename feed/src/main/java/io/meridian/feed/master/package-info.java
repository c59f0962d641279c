/** The master's end of the feed: reads the tables and answers the nodes' polls. */
@NullMarked
package io.meridian.feed.master;

import org.jspecify.annotations.NullMarked;
