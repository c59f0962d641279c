package io.meridian.lb.render;

import io.meridian.domain.lb.RefusedException;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/**
 * Substitution of templates by the rules of Python's {@code str.format}: {@code {name}}, {@code
 * {name[key]!r:>8}}, and doubled braces for literal ones. Attributes and positional fields are
 * refused: no variable has any.
 */
final class PythonFormat {
    private final String template;
    private final Map<String, @Nullable Object> variables;
    private int at;

    private PythonFormat(String template, Map<String, @Nullable Object> variables) {
        this.template = template;
        this.variables = variables;
    }

    /**
     * The template with its fields replaced. Values are inserted once: braces in a value stay.
     *
     * @param variables values by name; a null value is written as {@code None}
     * @throws RefusedException if the template is malformed or names an unknown variable
     */
    static String format(String template, Map<String, @Nullable Object> variables)
            throws RefusedException {
        return new PythonFormat(template, variables).text(2);
    }

    private String text(int depth) throws RefusedException {
        if (depth == 0) {
            throw new RefusedException("braces are nested too deeply");
        }
        StringBuilder text = new StringBuilder();
        while (at < template.length()) {
            char c = template.charAt(at++);
            boolean doubled = at < template.length() && template.charAt(at) == c;
            if (c != '{' && c != '}') {
                text.append(c);
            } else if (doubled) {
                text.append(c);
                at++;
            } else if (c == '{') {
                text.append(field(depth));
            } else {
                throw new RefusedException("a single } is in the text; write }}");
            }
        }
        return text.toString();
    }

    /** Reads one field; the opening brace is behind us. */
    private String field(int depth) throws RefusedException {
        String name = until("!:}", true);
        char conversion = 0;
        if (current() == '!') {
            at++;
            conversion = current();
            at++;
            if (current() != ':' && current() != '}') {
                throw new RefusedException("a : or } is missing after the conversion");
            }
        }
        String spec = "";
        if (current() == ':') {
            at++;
            spec = nested();
        }
        if (current() != '}') {
            throw new RefusedException("a closing } is missing");
        }
        at++;
        @Nullable Object value = converted(value(name), conversion);
        String plain =
                spec.indexOf('{') < 0 && spec.indexOf('}') < 0
                        ? spec
                        : new PythonFormat(spec, variables).text(depth - 1);
        return FormatSpec.format(value, plain);
    }

    private char current() {
        return at < template.length() ? template.charAt(at) : 0;
    }

    /** Text up to one of the stop characters; within brackets they do not count. */
    private String until(String stops, boolean brackets) throws RefusedException {
        int from = at;
        boolean inBrackets = false;
        while (at < template.length()) {
            char c = template.charAt(at);
            if (inBrackets) {
                inBrackets = c != ']';
            } else if (brackets && c == '[') {
                inBrackets = true;
            } else if (c == '{') {
                throw new RefusedException("an unexpected { is in a field name");
            } else if (stops.indexOf(c) >= 0) {
                return template.substring(from, at);
            }
            at++;
        }
        throw new RefusedException("a closing } is missing");
    }

    /** Format specification up to the closing brace of the field, with nested fields inside. */
    private String nested() {
        int from = at;
        int open = 0;
        while (at < template.length()) {
            char c = template.charAt(at);
            if (c == '{') {
                open++;
            } else if (c == '}' && open-- == 0) {
                break;
            }
            at++;
        }
        return template.substring(from, at);
    }

    private @Nullable Object value(String field) throws RefusedException {
        int end = 0;
        while (end < field.length() && field.charAt(end) != '[' && field.charAt(end) != '.') {
            end++;
        }
        String name = field.substring(0, end);
        if (name.isEmpty() || name.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new RefusedException("{" + field + "} has no variable name");
        }
        if (!variables.containsKey(name)) {
            throw new RefusedException("{" + name + "} is unknown here");
        }
        @Nullable Object value = variables.get(name);
        String rest = field.substring(end);
        while (!rest.isEmpty()) {
            int close = rest.indexOf(']');
            if (rest.charAt(0) != '[' || close < 2) {
                throw new RefusedException("{" + field + "} is no variable with an index");
            }
            value = element(field, value, rest.substring(1, close));
            rest = rest.substring(close + 1);
        }
        return value;
    }

    private static @Nullable Object element(String field, @Nullable Object value, String key)
            throws RefusedException {
        boolean number = key.length() < 10 && key.chars().allMatch(c -> c >= '0' && c <= '9');
        if (value instanceof Map<?, ?> map && !number && map.containsKey(key)) {
            return map.get(key);
        }
        if (value instanceof List<?> list && number && Integer.parseInt(key) < list.size()) {
            return list.get(Integer.parseInt(key));
        }
        if (value instanceof String text
                && number
                && Integer.parseInt(key) < text.codePointCount(0, text.length())) {
            return Character.toString(
                    text.codePointAt(text.offsetByCodePoints(0, Integer.parseInt(key))));
        }
        throw new RefusedException("{" + field + "} has no element " + key);
    }

    private static @Nullable Object converted(@Nullable Object value, char conversion)
            throws RefusedException {
        return switch (conversion) {
            case 0 -> value instanceof Integer number ? BigInteger.valueOf(number) : value;
            case 's' -> PythonText.str(value);
            case 'r' -> PythonText.repr(value);
            case 'a' -> PythonText.ascii(value);
            default -> throw new RefusedException("conversion !" + conversion + " is unknown");
        };
    }
}
