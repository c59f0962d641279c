package io.meridian.lb.render;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Text of a value as Python's {@code str} and {@code repr} write it, for templates. */
final class PythonText {
    private PythonText() {}

    /** Text of the value; a missing value is the word {@code None}. */
    static String str(@Nullable Object value) {
        return value instanceof String text ? text : repr(value);
    }

    /** Text of the value with quotes around strings. */
    static String repr(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case String text -> quoted(text);
            case Boolean flag -> flag ? "True" : "False";
            case Double number -> decimal(number);
            case List<?> list ->
                    list.stream().map(PythonText::repr).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map ->
                    map.entrySet().stream()
                            .map(entry -> repr(entry.getKey()) + ": " + repr(entry.getValue()))
                            .collect(Collectors.joining(", ", "{", "}"));
            default -> value.toString();
        };
    }

    /** {@code repr} with characters beyond ASCII as escapes. */
    static String ascii(@Nullable Object value) {
        StringBuilder ascii = new StringBuilder();
        repr(value)
                .codePoints()
                .forEach(c -> ascii.append(c < 128 ? Character.toString(c) : escaped(c)));
        return ascii.toString();
    }

    /** Shortest text that reads back as the number: {@code 10.0}, {@code 1e+16}, {@code 2.5}. */
    static String decimal(double number) {
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal exact = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            return exact.scale() <= 0 ? exact.toPlainString() + ".0" : exact.toPlainString();
        }
        String mantissa = exact.scaleByPowerOfTen(-exponent).toPlainString();
        return mantissa + String.format(Locale.ROOT, "e%+03d", exponent);
    }

    private static String quoted(String text) {
        char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
        StringBuilder quoted = new StringBuilder().append(quote);
        text.codePoints()
                .forEach(
                        c -> {
                            switch (c) {
                                case '\n' -> quoted.append("\\n");
                                case '\r' -> quoted.append("\\r");
                                case '\t' -> quoted.append("\\t");
                                case '\\' -> quoted.append("\\\\");
                                default -> {
                                    if (c == quote) {
                                        quoted.append('\\').append(quote);
                                    } else if (Character.isISOControl(c)) {
                                        quoted.append(escaped(c));
                                    } else {
                                        quoted.appendCodePoint(c);
                                    }
                                }
                            }
                        });
        return quoted.append(quote).toString();
    }

    private static String escaped(int c) {
        if (c < 0x100) {
            return String.format(Locale.ROOT, "\\x%02x", c);
        }
        return String.format(Locale.ROOT, c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    }
}
