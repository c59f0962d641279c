package io.meridian.dns.transfer;

import io.meridian.dns.wire.MessageWriter;
import io.meridian.dns.wire.Query;
import io.meridian.dns.wire.RrSet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Records to as few messages as they need. Holds one message, whatever the zone's size; every
 * message is signed if the request was.
 */
final class TransferWriter {
    /** What a compression pointer reaches (RFC 1035 4.1.4): beyond it names can't be shared. */
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
     * @throws UncheckedIOException when the client is gone, or too slow
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

    /** What was sent, for the log. */
    @Override
    public String toString() {
        return "records=" + records + " messages=" + messages + " bytes=" + bytes;
    }
}
