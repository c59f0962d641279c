package io.meridian.feed.master;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.TableType;

import java.util.List;

/**
 * What an observer in the same process is told. Never crosses the network.
 *
 * @param changes exact; at first from the empty image
 */
public record TableUpdate<R extends Row, I extends Image<R, I>>(
        TableType<R, I> type, List<Change<R>> changes, I image, long revision) {}
