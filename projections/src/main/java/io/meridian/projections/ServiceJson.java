package io.meridian.projections;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.TaskId;

import java.io.IOException;
import java.time.Instant;
import java.util.function.Function;

/**
 * JSON form of definitions, instances and facts in the read tables. Keys are the records'
 * components. The journal has its own format.
 */
final class ServiceJson {
    static final ObjectMapper MAPPER =
            JsonMapper.builder(new JsonFactoryBuilder().characterEscapes(new WithoutNul()).build())
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
                    .addModule(new Jdk8Module())
                    .addModule(
                            new SimpleModule()
                                    .addSerializer(new AsText<>(IpAddress.class))
                                    .addDeserializer(
                                            IpAddress.class,
                                            new FromText<>(IpAddress.class, IpAddress::literal))
                                    .addSerializer(new AsText<>(TaskId.class))
                                    .addDeserializer(
                                            TaskId.class,
                                            new FromText<>(TaskId.class, TaskId::parse))
                                    .addSerializer(
                                            new AsText<>(LabelledVip.class, LabelledVip::text))
                                    .addDeserializer(
                                            LabelledVip.class,
                                            new FromText<>(LabelledVip.class, LabelledVip::parse))
                                    .addSerializer(new AsText<>(Instant.class))
                                    .addDeserializer(
                                            Instant.class,
                                            new FromText<>(Instant.class, Instant::parse)))
                    .build();

    private ServiceJson() {}

    static String encode(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot write " + value.getClass() + " as JSON", e);
        }
    }

    static <T> T decode(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot read " + type + " from " + json, e);
        }
    }

    /**
     * Writes U+0000 as U+FFFD: PostgreSQL stores no U+0000, not even in JSON, and users can write
     * it into labels.
     */
    private static final class WithoutNul extends CharacterEscapes {
        private static final long serialVersionUID = 1L;

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] codes = standardAsciiEscapesForJSON();
            codes[0] = ESCAPE_CUSTOM;
            return codes;
        }

        @Override
        public SerializableString getEscapeSequence(int character) {
            return new SerializedString("\\ufffd");
        }
    }

    private static final class AsText<T> extends StdScalarSerializer<T> {
        private static final long serialVersionUID = 1L;

        private final transient Function<? super T, String> writer;

        private AsText(Class<T> type) {
            this(type, Object::toString);
        }

        private AsText(Class<T> type, Function<? super T, String> writer) {
            super(type);
            this.writer = writer;
        }

        @Override
        public void serialize(T value, JsonGenerator out, SerializerProvider provider)
                throws IOException {
            out.writeString(writer.apply(value));
        }
    }

    private static final class FromText<T> extends StdScalarDeserializer<T> {
        private static final long serialVersionUID = 1L;

        private final transient Function<String, T> reader;

        private FromText(Class<T> type, Function<String, T> reader) {
            super(type);
            this.reader = reader;
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return reader.apply(in.getValueAsString());
        }
    }
}
