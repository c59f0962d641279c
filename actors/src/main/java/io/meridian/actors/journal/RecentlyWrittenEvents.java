package io.meridian.actors.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.LongSupplier;

/**
 * Write-through cache of events that this process has written and no projection has read back yet,
 * by name and bytes. Decoding an event takes longer than all other work of a projection's read.
 * Each event is returned once. Bounded in bytes and time, because the projection may run on another
 * node. Any thread.
 */
final class RecentlyWrittenEvents {
    private static final long MOST_BYTES = 64L << 20;
    private static final MessageDigest SHA_256 = sha256();
    private static final long LONGEST = Duration.ofMinutes(2).toNanos();

    private final SequencedMap<Key, Kept> kept = new LinkedHashMap<>();
    private final LongSupplier nanoTime;
    private final long mostBytes;
    private long bytes;

    /**
     * @param digest SHA-256 of name and bytes: no two events have the same
     */
    private record Key(ByteBuffer digest) {}

    private record Kept(Object event, int length, long at) {}

    RecentlyWrittenEvents() {
        this(MOST_BYTES, System::nanoTime);
    }

    RecentlyWrittenEvents(long mostBytes, LongSupplier nanoTime) {
        this.mostBytes = mostBytes;
        this.nanoTime = nanoTime;
    }

    /**
     * @param event immutable
     */
    void put(String name, byte[] written, Object event) {
        Key key = key(name, written);
        synchronized (kept) {
            remove(key);
            long now = nanoTime.getAsLong();
            kept.put(key, new Kept(event, written.length, now));
            bytes += written.length;
            for (Map.Entry<Key, Kept> oldest = kept.firstEntry();
                    oldest != null && (bytes > mostBytes || now - oldest.getValue().at() > LONGEST);
                    oldest = kept.firstEntry()) {
                remove(oldest.getKey());
            }
        }
    }

    /** Removes and returns the event of that name and those bytes, if the cache still has it. */
    Optional<Object> take(String name, byte[] written) {
        Key key = key(name, written);
        synchronized (kept) {
            return remove(key).map(Kept::event);
        }
    }

    private Optional<Kept> remove(Key key) {
        Optional<Kept> gone = Optional.ofNullable(kept.remove(key));
        bytes -= gone.map(Kept::length).orElse(0);
        return gone;
    }

    private static Key key(String name, byte[] written) {
        try {
            MessageDigest digest = (MessageDigest) SHA_256.clone();
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update(written);
            return new Key(ByteBuffer.wrap(digest.digest()));
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException("Java's own SHA-256 can be copied", impossible);
        }
    }

    /** Prototype to clone, which is cheaper than a lookup for each event. */
    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
