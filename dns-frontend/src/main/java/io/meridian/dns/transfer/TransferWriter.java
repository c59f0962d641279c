package io.meridian.dns.transfer;

import io.meridian.dns.wire.MessageWriter;
import io.meridian.dns.wire.Query;
import io.meridian.dns.wire.RrSet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Writes records to as few messages as possible. Holds one message at a time, and signs each
 * message if the request was signed.
 */
final class TransferWriter {
    /**
     * Largest offset of a compression pointer (RFC 1035 4.1.4), so that names in the whole message
     * can be compressed.
     */
    static final int MESSAGE_LENGTH = 0x4000;

    private final Query query;
    private final MessageWriter writer;
    private final Optional<TsigSigner> signer;
    private final MessageSink sink;
    private long records;
    private long messages;
    private long bytes;

    TransferWriter(
            Query query, MessageWriter writer, Optional<TsigSigner> signer, MessageSink sink) {
        this.query = query;
        this.writer = writer;
        this.signer = signer;
        this.sink = sink;
        begin();
    }

    private void begin() {
        writer.begin(query, messages == 0, MESSAGE_LENGTH - signer.map(TsigSigner::size).orElse(0));
    }

    /**
     * @throws UncheckedIOException if the client has closed the connection or exceeded its time
     *     limit
     */
    void add(RrSet set) {
        for (int i = 0; i < set.data().size(); i++) {
            if (!writer.add(set, i)) {
                flush();
                begin();
                if (!writer.add(set, i)) {
                    throw new IllegalStateException(
                            "a record must fit into a message of its own: " + set.owner());
                }
            }
            records++;
        }
    }

    /** Sends the last message. */
    void end() {
        flush();
    }

    private void flush() {
        int length = writer.end(query);
        if (signer.isPresent()) {
            length = signer.get().sign(writer, length);
        }
        try {
            sink.send(writer.buffer(), length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        messages++;
        bytes += length;
    }

    /** The counts of what was sent, for the log. */
    @Override
    public String toString() {
        return "records=" + records + " messages=" + messages + " bytes=" + bytes;
    }
}
