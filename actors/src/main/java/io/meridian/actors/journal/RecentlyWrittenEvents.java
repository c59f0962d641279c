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
 * Events that this process has written and a projection has not read back yet, by what their bytes
 * are: making an event of its bytes takes longer than all else that a projection's reading does.
 * Each is given back once. Bounded in bytes and time, because the projection may run on another
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

    /** The event of that name and those bytes, if it is still kept; it no longer is then. */
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

    /** To be copied, which is cheaper than to look it up each time. */
    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
