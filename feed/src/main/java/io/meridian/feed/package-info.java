/** Images and changes of the zone and VIP tables, by revision, from masters to nodes. */
package io.meridian.feed;
