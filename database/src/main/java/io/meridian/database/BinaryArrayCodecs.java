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

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import reactor.core.publisher.Mono;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/**
 * Codecs of the R2DBC driver that encode text and arrays of text or {@code bytea} in PostgreSQL's
 * binary format. The driver's own codec writes an array as a literal and escapes it character by
 * character, which took more processor time than the rest of the driver for the parameters of
 * projections and journal (ADR 0024). The driver has no codec for arrays of {@code bytea}.
 *
 * <p>The driver loads this class by {@code META-INF/services}, for every connection. The codecs
 * encode parameters only; the driver decodes results.
 */
public final class BinaryArrayCodecs implements CodecRegistrar {
    /** Object identifiers of types in PostgreSQL's {@code pg_type}. */
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

    /** A codec that only encodes. Its metadata makes the driver ask it before its own codecs. */
    private abstract static class Encoder<T> implements Codec<T>, CodecMetadata {
        private final Class<T> type;

        Encoder(Class<T> type) {
            this.type = type;
        }

        @Override
        public Class<?> type() {
            return type;
        }

        /** The types that this codec decodes: none. */
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
            throw new UnsupportedOperationException("the driver encodes null");
        }

        @Override
        public boolean canDecode(int dataType, Format format, Class<?> as) {
            return false;
        }

        @Override
        public T decode(
                @Nullable ByteBuf buffer, int dataType, Format format, Class<? extends T> as) {
            throw new UnsupportedOperationException("the driver decodes results");
        }
    }

    /** Text in the driver's own format, encoded on the calling thread. */
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
     * A one-dimensional array in the format of PostgreSQL's {@code array_send}: number of
     * dimensions, null flag, element type, element count, lower bound; then each element's length
     * and bytes, length -1 for null. An empty array has no dimension.
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
            ByteBuffer bytes = bytes((Object[]) value);
            return new EncodedParameter(
                    Format.FORMAT_BINARY,
                    array,
                    Mono.fromSupplier(() -> Unpooled.wrappedBuffer(bytes)));
        }

        /** Refuses other array types: their elements have other encodings. */
        @Override
        public EncodedParameter encode(Object value, int dataType) {
            if (dataType != array) {
                throw new IllegalArgumentException(
                        "an array of type " + array + " can't be sent as type " + dataType);
            }
            return encode(value);
        }

        @SuppressWarnings("unchecked") // canEncode has checked the array's type
        private ByteBuffer bytes(Object[] values) {
            byte[][] elements = new byte[values.length][];
            int size = HEADER;
            int nulls = 0;
            for (int i = 0; i < values.length; i++) {
                if (values[i] == null) {
                    nulls = 1;
                } else {
                    elements[i] = encoder.apply((E) values[i]);
                    size = Math.addExact(size, elements[i].length);
                }
                size = Math.addExact(size, Integer.BYTES);
            }
            ByteBuffer out = ByteBuffer.allocate(size);
            out.putInt(values.length == 0 ? 0 : 1).putInt(nulls).putInt(element);
            if (values.length > 0) {
                out.putInt(values.length).putInt(1);
            }
            for (byte[] one : elements) {
                if (one == null) {
                    out.putInt(-1);
                } else {
                    out.putInt(one.length).put(one);
                }
            }
            return out.flip();
        }
    }
}
