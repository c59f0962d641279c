package io.meridian.feed.master;

import io.meridian.feed.wire.PackedFrame;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The newest two encoded snapshots of a table, shared by all nodes. One thread at a time. */
final class SnapshotCache {
    private static final int CAPACITY = 2;

    private final List<PackedFrame> frames = new ArrayList<>(); // newest first

    void add(PackedFrame frame) {
        frames.addFirst(frame);
        while (frames.size() > CAPACITY) {
            frames.removeLast();
        }
    }

    void clear() {
        frames.clear();
    }

    /** Returns the newest snapshot that fits; empty if none does. */
    Optional<PackedFrame> find(Predicate<PackedFrame> fits) {
        return frames.stream().filter(fits).findFirst();
    }

    /** Returns the snapshot that has this part; empty if it was replaced, or has no such part. */
    Optional<PackedFrame> find(int checksum, int index) {
        return find(frame -> frame.checksum() == checksum && 0 <= index && index < frame.count());
    }
}
