package io.meridian.feed.master;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;

/** A whole table at one revision, as read from the database. */
record LoadedTable<R extends Row, I extends Image<R, I>>(long revision, I image, long digest) {}
