package io.meridian.feed.master;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.TableType;

import java.util.List;

/**
 * An image for an observer in the master's own process. Never crosses the network.
 *
 * @param changes from the image of the update before; in an observer's first update from the empty
 *     image
 */
public record TableUpdate<R extends Row, I extends Image<R, I>>(
        TableType<R, I> type, List<Change<R>> changes, I image, long revision) {}
