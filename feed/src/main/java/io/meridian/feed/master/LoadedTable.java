package io.meridian.feed.master;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;

/** All of a table at one revision. */
record LoadedTable<R extends Row, I extends Image<R, I>>(long revision, I image, long digest) {}
