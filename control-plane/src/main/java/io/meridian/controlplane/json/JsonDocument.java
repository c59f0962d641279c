package io.meridian.controlplane.json;

import com.fasterxml.jackson.core.JsonGenerator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A JSON text that is made while it is read, so that a slow reader of a large document costs the
 * memory of one piece. Each reading gives the same bytes.
 */
public final class JsonDocument {
    /** Approximate size of a piece, bytes; a part is never divided. */
    static final int PIECE = 16 * 1024;

    private final JsonStyle style;
    private final Supplier<Stream<Part>> parts;

    /** A few tokens of the text, such as one element of an array. */
    @FunctionalInterface
    public interface Part {
        void write(JsonGenerator out) throws IOException;
    }

    /**
     * @param parts in order; together they open and close every array and object. Not one {@code
     *     flatMap} of all: its iterator holds what one outer element gives
     */
    public JsonDocument(JsonStyle style, Supplier<Stream<Part>> parts) {
        this.style = style;
        this.parts = parts;
    }

    /** A document of one part. */
    public static JsonDocument of(JsonStyle style, Part part) {
        return new JsonDocument(style, () -> Stream.of(part));
    }

    /** An array with one part for each element. */
    public static <T> JsonDocument array(
            JsonStyle style, Supplier<Stream<T>> elements, Element<T> element) {
        return new JsonDocument(
                style,
                () ->
                        Stream.concat(
                                Stream.concat(
                                        Stream.<Part>of(JsonGenerator::writeStartArray),
                                        elements.get()
                                                .<Part>map(one -> out -> element.write(out, one))),
                                Stream.<Part>of(JsonGenerator::writeEndArray)));
    }

    /** Writes one element of an array. */
    @FunctionalInterface
    public interface Element<T> {
        void write(JsonGenerator out, T element) throws IOException;
    }

    /** The text in UTF-8, piece by piece; parts are made when their piece is asked for. */
    public Iterator<byte[]> pieces() {
        return new Pieces(style, parts.get().iterator());
    }

    /** The whole text in UTF-8. */
    public byte[] bytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces().forEachRemaining(all::writeBytes);
        return all.toByteArray();
    }

    private static final class Pieces implements Iterator<byte[]> {
        private final Iterator<Part> parts;
        private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(2 * PIECE);
        private final JsonGenerator out;

        Pieces(JsonStyle style, Iterator<Part> parts) {
            this.parts = parts;
            try {
                this.out = style.open(buffer);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }

        @Override
        public boolean hasNext() {
            return parts.hasNext();
        }

        @Override
        public byte[] next() {
            if (!parts.hasNext()) {
                throw new NoSuchElementException();
            }
            try {
                while (buffer.size() < PIECE && parts.hasNext()) {
                    parts.next().write(out);
                    out.flush();
                }
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            byte[] piece = buffer.toByteArray();
            buffer.reset();
            return piece;
        }
    }
}
