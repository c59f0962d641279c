package io.meridian.actors.journal;

import akka.serialization.SerializerWithStringManifest;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * {@link JournalFormat} as Akka's serializer of events and state snapshots; bound in {@code
 * reference.conf}.
 */
public final class EventSerializer extends SerializerWithStringManifest {
    /** Stored with every event; never changed. */
    private static final int IDENTIFIER = 48_271;

    private final JournalFormat format = new JournalFormat();

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
            return format.encode(persisted);
        } catch (IOException impossible) {
            throw new UncheckedIOException("cannot write " + format.name(persisted), impossible);
        }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws UnreadableEvent {
        return format.decode(manifest, bytes);
    }
}
