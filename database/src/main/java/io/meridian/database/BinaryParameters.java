package io.meridian.database;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.postgresql.client.EncodedParameter;
import io.r2dbc.postgresql.codec.Codec;
import io.r2dbc.postgresql.codec.CodecMetadata;
import io.r2dbc.postgresql.codec.CodecRegistry;
import io.r2dbc.postgresql.codec.PostgresTypeIdentifier;
import io.r2dbc.postgresql.extension.CodecRegistrar;
import io.r2dbc.postgresql.message.Format;

import org.reactivestreams.Publisher;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Sends texts and arrays of texts or bytes as PostgreSQL's own binary form has them. The driver
 * writes an array as a literal, which it escapes and encodes character by character; for what
 * projections and journal send that took more than all else that the driver does. It has no arrays
 * of {@code bytea} either.
 *
 * <p>The driver finds this by {@code META-INF/services}, so it holds for every connection. Only
 * parameters are encoded by it: nothing is decoded.
 */
public final class BinaryParameters implements CodecRegistrar {
    /** Types by their numbers in PostgreSQL's {@code pg_type}. */
    private static final int VARCHAR = 1043;

    private static final int TEXT = 25;

    private static final int TEXTS = 1009;
    private static final int BYTES = 17;
    private static final int BYTES_ARRAY = 1001;

    @Override
    public Publisher<Void> register(
            PostgresqlConnection connection, ByteBufAllocator allocator, CodecRegistry registry) {
        return Mono.fromRunnable(
                () -> {
                    registry.addFirst(new Text());
                    registry.addFirst(
                            new Array<>(
                                    String[].class,
                                    TEXT,
                                    TEXTS,
                                    text -> text.getBytes(StandardCharsets.UTF_8)));
                    registry.addFirst(
                            new Array<>(byte[][].class, BYTES, BYTES_ARRAY, bytes -> bytes));
                });
    }

    /** A codec that only encodes. Without metadata the driver would not ask it before its own. */
    private abstract static class Encoder<T> implements Codec<T>, CodecMetadata {
        private final Class<T> type;

        Encoder(Class<T> type) {
            this.type = type;
        }

        @Override
        public Class<?> type() {
            return type;
        }

        /** What can be decoded. */
        @Override
        public Iterable<PostgresTypeIdentifier> getDataTypes() {
            return List.of();
        }

        @Override
        public boolean canEncode(Object value) {
            return type.isInstance(value);
        }

        @Override
        public boolean canEncodeNull(Class<?> of) {
            return false;
        }

        @Override
        public EncodedParameter encodeNull() {
            throw new UnsupportedOperationException("null is left to the driver");
        }

        @Override
        public boolean canDecode(int dataType, Format format, Class<?> as) {
            return false;
        }

        @Override
        public T decode(ByteBuf buffer, int dataType, Format format, Class<? extends T> as) {
            throw new UnsupportedOperationException("answers are left to the driver");
        }
    }

    /** As the driver sends it, but encoded at once. */
    private static final class Text extends Encoder<String> {
        Text() {
            super(String.class);
        }

        @Override
        public EncodedParameter encode(Object value) {
            return encode(value, VARCHAR);
        }

        @Override
        public EncodedParameter encode(Object value, int dataType) {
            byte[] bytes = ((String) value).getBytes(StandardCharsets.UTF_8);
            return new EncodedParameter(
                    Format.FORMAT_TEXT,
                    dataType,
                    Mono.fromSupplier(() -> Unpooled.wrappedBuffer(bytes)));
        }
    }

    /**
     * An array of one dimension: number of dimensions, whether there are nulls, type of elements,
     * how many, number of the first; then each element's length and bytes, length -1 for null. One
     * without elements has no dimension.
     */
    private static final class Array<E> extends Encoder<E[]> {
        private static final int HEADER = 5 * Integer.BYTES;

        private final int element;
        private final int array;
        private final Function<E, byte[]> encoder;

        Array(Class<E[]> type, int element, int array, Function<E, byte[]> encoder) {
            super(type);
            this.element = element;
            this.array = array;
            this.encoder = encoder;
        }

        @Override
        public EncodedParameter encode(Object value) {
            List<ByteBuffer> pieces = pieces((Object[]) value);
            return new EncodedParameter(
                    Format.FORMAT_BINARY,
                    array,
                    Flux.fromIterable(pieces).map(Unpooled::wrappedBuffer));
        }

        /** Others have other elements. */
        @Override
        public EncodedParameter encode(Object value, int dataType) {
            if (dataType != array) {
                throw new IllegalArgumentException(
                        "an array of type " + array + " can't be sent as type " + dataType);
            }
            return encode(value);
        }

        @SuppressWarnings("unchecked") // canEncode has looked at the array's type
        private List<ByteBuffer> pieces(Object[] values) {
            byte[][] elements = new byte[values.length][];
            long size = HEADER;
            int nulls = 0;
            for (int i = 0; i < values.length; i++) {
                if (values[i] == null) {
                    nulls = 1;
                } else {
                    elements[i] = encoder.apply((E) values[i]);
                    size += elements[i].length;
                }
                size += Integer.BYTES;
            }
            Pieces out = new Pieces(size);
            ByteBuffer header = out.next(HEADER);
            header.putInt(values.length == 0 ? 0 : 1).putInt(nulls).putInt(element);
            if (values.length > 0) {
                header.putInt(values.length).putInt(1);
            }
            for (byte[] one : elements) {
                if (one == null) {
                    out.next(Integer.BYTES).putInt(-1);
                } else {
                    out.next(Integer.BYTES + one.length).putInt(one.length).put(one);
                }
            }
            return out.all();
        }
    }

    /**
     * Bytes in several buffers: one of some megabytes, such as a batch of projections sends, would
     * be an object to which the collector gives regions of its own, and for which it starts to mark
     * the whole heap.
     */
    private static final class Pieces {
        /** Less than half of a region in a heap of 1 GB. */
        private static final int MOST = 480_000;

        private final List<ByteBuffer> full = new ArrayList<>();
        private ByteBuffer last;
        private long left;

        /**
         * @param size of all together
         */
        Pieces(long size) {
            left = size;
            last = ByteBuffer.allocate((int) Math.min(size, MOST));
        }

        /** Where so many more fit. */
        ByteBuffer next(int size) {
            if (size > last.remaining()) {
                full.add(last.flip());
                last = ByteBuffer.allocate((int) Math.max(size, Math.min(left, MOST)));
            }
            left -= size;
            return last;
        }

        List<ByteBuffer> all() {
            full.add(last.flip());
            return List.copyOf(full);
        }
    }
}
