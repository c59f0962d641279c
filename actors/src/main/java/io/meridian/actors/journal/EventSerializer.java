package io.meridian.actors.journal;

import akka.serialization.SerializerWithStringManifest;

import io.meridian.domain.service.ServiceEventBatch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * {@link JournalFormat} as Akka's serializer of events and state snapshots; bound in {@code
 * reference.conf}.
 */
public final class EventSerializer extends SerializerWithStringManifest {
    /** Stored with every event; never changed. */
    private static final int IDENTIFIER = 48_271;

    private final JournalFormat format = new JournalFormat();
    private final RecentlyWrittenEvents written = new RecentlyWrittenEvents();

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object persisted) {
        return format.name(persisted);
    }

    @Override
    public byte[] toBinary(Object persisted) {
        try {
            byte[] bytes = format.encode(persisted);
            if (persisted instanceof ServiceEventBatch) {
                written.put(format.name(persisted), bytes, persisted);
            }
            return bytes;
        } catch (IOException impossible) {
            throw new UncheckedIOException("cannot write " + format.name(persisted), impossible);
        }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws UnreadableEvent {
        Optional<Object> known = written.take(manifest, bytes);
        return known.isPresent() ? known.get() : format.decode(manifest, bytes);
    }
}
