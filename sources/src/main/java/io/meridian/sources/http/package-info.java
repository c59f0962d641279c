/** HTTP client, event streams, reconnects and settings that all sources share. */
@NullMarked
package io.meridian.sources.http;

import org.jspecify.annotations.NullMarked;
