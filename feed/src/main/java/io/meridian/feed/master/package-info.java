/** The master's end of the feed: reads the tables and answers the nodes' polls. */
package io.meridian.feed.master;
