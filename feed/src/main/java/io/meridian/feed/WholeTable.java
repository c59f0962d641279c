package io.meridian.feed;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;

/** All of a table at one revision. */
record WholeTable<R extends Row, I extends Image<R, I>>(long revision, I image, long digest) {}
