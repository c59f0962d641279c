package io.meridian.controlplane.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter.Indenter;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serial;
import java.util.Optional;
import java.util.function.Supplier;

/** How JSON is spelled. */
public enum JsonStyle {
    /** Indented by two blanks, for people. */
    INDENTED(new JsonFactory(), DefaultPrettyPrinter::new),
    /** On one line. */
    COMPACT(new JsonFactory(), MinimalPrettyPrinter::new),
    /** An element of the outer array on each line, as dcos-net streams its records. */
    COMPACT_LINES(new JsonFactory(), LinePrinter::new),
    /**
     * As Mesos-DNS's encoder writes (specs: mesos-dns 3): one blank of indentation, every line but
     * the first after one more blank. Escapes angle brackets and ampersands; no newline at the end.
     */
    MESOS_DNS(
            new JsonFactoryBuilder()
                    .characterEscapes(new GoEscapes())
                    .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build(),
            JsonStyle::goPrinter);

    private final JsonFactory factory;
    private final Supplier<? extends PrettyPrinter> printer;

    JsonStyle(JsonFactory factory, Supplier<? extends PrettyPrinter> printer) {
        this.factory = factory;
        this.printer = printer;
    }

    JsonGenerator open(OutputStream out) throws IOException {
        JsonGenerator generator = factory.createGenerator(out);
        generator.setPrettyPrinter(printer.get());
        return generator;
    }

    private static PrettyPrinter goPrinter() {
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter(
                        Separators.createDefaultInstance()
                                .withObjectFieldValueSpacing(Spacing.AFTER)
                                .withObjectEmptySeparator("")
                                .withArrayEmptySeparator(""));
        printer.indentArraysWith(new GoIndenter());
        printer.indentObjectsWith(new GoIndenter());
        return printer;
    }

    private static final class GoIndenter implements Indenter {
        @Override
        public void writeIndentation(JsonGenerator out, int level) throws IOException {
            out.writeRaw("\n" + " ".repeat(level + 1));
        }

        @Override
        public boolean isInline() {
            return false;
        }
    }

    private static final class GoEscapes extends CharacterEscapes {
        @Serial private static final long serialVersionUID = 1;

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] codes = standardAsciiEscapesForJSON();
            for (char c : new char[] {'<', '>', '&', '\b', '\f'}) {
                codes[c] = ESCAPE_STANDARD;
            }
            return codes;
        }

        /** Escapes U+2028 and U+2029, which end a line in JavaScript. */
        @Override
        public SerializableString getEscapeSequence(int character) {
            return Optional.of(character)
                    .filter(c -> c == 0x2028 || c == 0x2029)
                    .map(c -> new SerializedString("\\u" + Integer.toHexString(c)))
                    .orElse(null);
        }
    }

    private static final class LinePrinter extends MinimalPrettyPrinter {
        @Serial private static final long serialVersionUID = 1;

        @Override
        public void writeArrayValueSeparator(JsonGenerator out) throws IOException {
            super.writeArrayValueSeparator(out);
            out.writeRaw('\n');
        }
    }
}
