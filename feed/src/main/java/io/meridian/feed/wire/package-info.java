/** Messages and frames between masters and nodes, and the image file's format. */
package io.meridian.feed.wire;
