package io.meridian.lb.render;

import io.meridian.domain.lb.RefusedException;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Python's format specification after the colon of a field: {@code [[fill]align][sign][#][0][width]
 * [grouping][.precision][type]}.
 */
final class FormatSpec {
    private static final Pattern FORM =
            Pattern.compile(
                    "(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<alt>#)?(?<zero>0)?"
                        + "(?<width>[0-9]{1,4})?(?<group>[,_])?(?:\\.(?<precision>[0-9]{1,3}))?(?<type>.)?",
                    Pattern.DOTALL);

    private final String spec;
    private final Matcher parts;

    private FormatSpec(String spec, Matcher parts) {
        this.spec = spec;
        this.parts = parts;
    }

    /**
     * The value as text.
     *
     * @param value text, {@link BigInteger}, {@link Integer}, {@link Double}, {@link Boolean}, a
     *     list or map; null = Python's None
     * @throws RefusedException if the specification is none, or is not for values of this kind
     */
    static String format(@Nullable Object value, String spec) throws RefusedException {
        if (spec.isEmpty()) {
            return PythonText.str(value);
        }
        Matcher parts = FORM.matcher(spec);
        if (!parts.matches()) {
            throw new RefusedException("invalid format specifier " + spec);
        }
        FormatSpec format = new FormatSpec(spec, parts);
        return switch (value) {
            case String text -> format.text(text);
            case Boolean flag -> format.integer(flag ? BigInteger.ONE : BigInteger.ZERO);
            case Integer number -> format.integer(BigInteger.valueOf(number));
            case BigInteger number -> format.integer(number);
            case Double number -> format.decimal(new BigDecimal(number), number);
            case null, default -> throw format.unfit();
        };
    }

    private RefusedException unfit() {
        return new RefusedException("format specifier " + spec + " does not fit the value");
    }

    private String text(String text) throws RefusedException {
        if (parts.group("sign") != null
                || parts.group("alt") != null
                || parts.group("group") != null
                || "=".equals(parts.group("align"))
                || !type("s").equals("s")) {
            throw unfit();
        }
        String precision = parts.group("precision");
        int length = text.codePointCount(0, text.length());
        int kept = precision == null ? length : Math.min(length, Integer.parseInt(precision));
        return padded("", text.substring(0, text.offsetByCodePoints(0, kept)), '<');
    }

    private String integer(BigInteger number) throws RefusedException {
        String type = type("d");
        if ("eEfFgG%".contains(type)) {
            return decimal(new BigDecimal(number), number.doubleValue());
        }
        if (parts.group("precision") != null) {
            throw unfit();
        }
        BigInteger size = number.abs();
        boolean alternative = parts.group("alt") != null;
        return switch (type) {
            case "d", "n" -> padded(sign(number.signum() < 0), grouped(size.toString(), 3), '>');
            case "x" -> radix(number, size.toString(16), alternative ? "0x" : "");
            case "X" ->
                    radix(
                            number,
                            size.toString(16).toUpperCase(Locale.ROOT),
                            alternative ? "0X" : "");
            case "o" -> radix(number, size.toString(8), alternative ? "0o" : "");
            case "b" -> radix(number, size.toString(2), alternative ? "0b" : "");
            case "c" -> {
                if (number.signum() < 0 || number.bitLength() > 20 || parts.group("sign") != null) {
                    throw unfit();
                }
                yield padded("", Character.toString(number.intValue()), '<');
            }
            default -> throw unfit();
        };
    }

    private String radix(BigInteger number, String digits, String prefix) {
        return padded(sign(number.signum() < 0) + prefix, grouped(digits, 4), '>');
    }

    private String decimal(BigDecimal exact, double number) throws RefusedException {
        String precisionText = parts.group("precision");
        int precision = precisionText == null ? 6 : Integer.parseInt(precisionText);
        BigDecimal size = exact.abs();
        String type = type("");
        String digits =
                switch (type) {
                    case "f", "F" -> fixed(size, precision);
                    case "%" -> fixed(size.movePointRight(2), precision) + "%";
                    case "e", "E" -> scientific(size, precision);
                    case "g", "G", "n" -> general(size, Math.max(1, precision));
                    case "" ->
                            precisionText == null
                                    ? PythonText.decimal(Math.abs(number))
                                    : general(size, Math.max(1, precision));
                    default -> throw unfit();
                };
        String cased =
                "EG".contains(type) && !type.isEmpty() ? digits.toUpperCase(Locale.ROOT) : digits;
        int end = 0;
        while (end < cased.length() && Character.isDigit(cased.charAt(end))) {
            end++;
        }
        String grouped = grouped(cased.substring(0, end), 3) + cased.substring(end);
        return padded(sign(exact.signum() < 0), grouped, '>');
    }

    private static String fixed(BigDecimal size, int precision) {
        return size.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String scientific(BigDecimal size, int precision) {
        if (size.signum() == 0) {
            return fixed(size, precision) + "e+00";
        }
        BigDecimal rounded = size.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        return fixed(rounded.movePointLeft(exponent), precision)
                + String.format(Locale.ROOT, "e%+03d", exponent);
    }

    private static String general(BigDecimal size, int precision) {
        if (size.signum() == 0) {
            return "0";
        }
        BigDecimal rounded =
                size.round(new MathContext(precision, RoundingMode.HALF_EVEN)).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        return exponent >= -4 && exponent < precision
                ? rounded.toPlainString()
                : scientific(rounded, rounded.precision() - 1);
    }

    private String type(String byDefault) {
        String type = parts.group("type");
        return type == null ? byDefault : type;
    }

    private String sign(boolean negative) {
        String sign = parts.group("sign");
        return negative ? "-" : sign == null || sign.equals("-") ? "" : sign;
    }

    private String grouped(String digits, int size) {
        String separator = parts.group("group");
        if (separator == null) {
            return digits;
        }
        StringBuilder grouped = new StringBuilder(digits);
        for (int i = digits.length() - size; i > 0; i -= size) {
            grouped.insert(i, separator);
        }
        return grouped.toString();
    }

    private String padded(String head, String body, char defaultAlign) {
        String width = parts.group("width");
        int length = head.codePointCount(0, head.length()) + body.codePointCount(0, body.length());
        int missing = width == null ? 0 : Math.max(0, Integer.parseInt(width) - length);
        boolean zero = parts.group("zero") != null;
        String align = parts.group("align");
        String fill = parts.group("fill");
        String pad = fill != null ? fill : zero ? "0" : " ";
        char where =
                align != null ? align.charAt(0) : zero && defaultAlign == '>' ? '=' : defaultAlign;
        return switch (where) {
            case '<' -> head + body + pad.repeat(missing);
            case '^' -> pad.repeat(missing / 2) + head + body + pad.repeat(missing - missing / 2);
            case '=' -> head + pad.repeat(missing) + body;
            default -> pad.repeat(missing) + head + body;
        };
    }
}
