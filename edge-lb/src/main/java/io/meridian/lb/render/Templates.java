package io.meridian.lb.render;

import io.meridian.domain.lb.PortLabels;
import io.meridian.domain.lb.RefusedException;
import io.meridian.domain.lb.Text;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Texts of the templates: the environment beats the file, the file beats the built-in text, and a
 * label of the port beats all three. Immutable.
 */
public final class Templates {
    private static final String PREFIX = "HAPROXY_";
    private static final String OPTIONS = "HAPROXY_GLOBAL_DEFAULT_OPTIONS";
    private static final String DEFAULT_OPTIONS = "redispatch,http-server-close,dontlognull";

    private final Map<TemplateName, String> texts;

    private Templates(Map<TemplateName, String> texts) {
        this.texts = texts;
    }

    /**
     * @param environment environment of the process; variables {@code HAPROXY_<NAME>} with text
     *     replace a template, with {@code \n} (two characters) for a line end
     * @param files texts by file name {@code HAPROXY_<NAME>}
     * @param literal true for Marathon-LB's own texts of the three templates with directives that
     *     HAProxy 2.1 removed
     * @throws RefusedException if the head would break reloads: it holds the word {@code daemon},
     *     or lacks {@code expose-fd listeners}
     */
    public static Templates of(
            Map<String, String> environment, Map<String, String> files, boolean literal)
            throws RefusedException {
        Map<TemplateName, String> texts = new EnumMap<>(TemplateName.class);
        for (TemplateName name : TemplateName.values()) {
            String variable = environment.getOrDefault(PREFIX + name, "");
            String file = files.get(PREFIX + name);
            texts.put(
                    name,
                    !variable.isEmpty()
                            ? variable.replace("\\n", "\n")
                            : file != null ? file : builtIn(name, literal));
        }
        String head = texts.getOrDefault(TemplateName.HEAD, "");
        if (Arrays.asList(head.split("\\W+", -1)).contains("daemon")
                || !head.contains("expose-fd listeners")) {
            throw new RefusedException(
                    "template HAPROXY_HEAD must not hold the word daemon and must hold \"stats"
                            + " socket /var/run/haproxy/socket expose-fd listeners\"");
        }
        texts.put(
                TemplateName.HEAD,
                head.replace(
                        "%OPTIONS%\n",
                        options(environment.getOrDefault(OPTIONS, DEFAULT_OPTIONS))));
        return new Templates(texts);
    }

    /** Lines of the options in the defaults section: trimmed, once each, by code point. */
    static String options(String list) {
        TreeSet<String> options = new TreeSet<>(Text.BY_CODE_POINT);
        for (String option : list.split(",", -1)) {
            options.add(option.strip());
        }
        return options.stream()
                .map(option -> "  option            " + option + "\n")
                .collect(Collectors.joining());
    }

    private static String builtIn(TemplateName name, boolean literal) {
        String old = literal ? resource("templates/before-2.1/" + name) : null;
        String text = old == null ? resource("templates/" + name) : old;
        if (text == null) {
            throw new IllegalStateException("template " + name + " is missing in the program");
        }
        return text;
    }

    private static @Nullable String resource(String path) {
        try (InputStream in = Templates.class.getResourceAsStream("/io/meridian/lb/" + path)) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Text of a template that belongs to no port. */
    String global(TemplateName name, Map<String, @Nullable Object> variables)
            throws RefusedException {
        return filled(name, texts.getOrDefault(name, ""), variables);
    }

    /** Text of a template for one port, whose label beats the general text. */
    String of(TemplateName name, PortLabels labels, Map<String, @Nullable Object> variables)
            throws RefusedException {
        String label = name.hasLabel() ? labels.template(name.label()) : null;
        return filled(name, label == null ? texts.getOrDefault(name, "") : label, variables);
    }

    private static String filled(
            TemplateName name, String text, Map<String, @Nullable Object> variables)
            throws RefusedException {
        if (name.isVerbatim()) {
            return text;
        }
        try {
            return PythonFormat.format(text, variables);
        } catch (RefusedException e) {
            throw new RefusedException("template HAPROXY_" + name + ": " + e.getMessage());
        }
    }
}
