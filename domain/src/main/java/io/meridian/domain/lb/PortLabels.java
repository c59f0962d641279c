package io.meridian.domain.lb;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/**
 * The labels {@code HAPROXY_{n}_...} of one port, read (spec of Marathon-LB, 1.8). An absent label
 * has the default that the accessor names.
 */
public final class PortLabels {
    private final Map<String, String> labels;
    private final String prefix;

    /**
     * @param labels labels of the app
     * @param index index of the port in the app's service ports, from 0
     */
    public PortLabels(Map<String, String> labels, int index) {
        this.labels = labels;
        this.prefix = "HAPROXY_" + index + "_";
    }

    /** Groups of the port: its own label, else the app's; none by default. */
    public List<String> groups() {
        String own = raw("GROUP");
        String groups = own == null ? labels.get("HAPROXY_GROUP") : own;
        return groups == null ? List.of() : LabelValues.list(groups);
    }

    /** Value of {@code ENABLED}; {@code byDefault} without the label. */
    public boolean enabled(boolean byDefault) {
        String text = raw("ENABLED");
        return text == null ? byDefault : LabelValues.bool(text);
    }

    /** Text of a label that overrides the template of that name, with line feeds as line ends. */
    public @Nullable String template(String name) {
        String text = raw(name);
        return text == null ? null : text.replace("\r\n", "\n");
    }

    boolean flag(String name) {
        String text = raw(name);
        return text != null && LabelValues.bool(text);
    }

    String text(String name, String byDefault) throws RefusedException {
        String text = raw(name);
        return text == null ? byDefault : Text.oneLine(prefix + name, text);
    }

    @Nullable String optional(String name) throws RefusedException {
        String text = raw(name);
        return text == null ? null : Text.oneLine(prefix + name, text);
    }

    @Nullable BigInteger integer(String name) throws RefusedException {
        String text = raw(name);
        return text == null ? null : LabelValues.integer(prefix + name, text);
    }

    LabelValues.@Nullable Auth auth() throws RefusedException {
        String text = optional("AUTH");
        return text == null ? null : LabelValues.Auth.of(prefix + "AUTH", text);
    }

    /** Place of the vhost's rules: a path raises the weight 0 to 1. */
    BigInteger weight() throws RefusedException {
        BigInteger weight = integer("BACKEND_WEIGHT");
        if (weight != null && weight.signum() != 0) {
            return weight;
        }
        return raw("PATH") == null ? BigInteger.ZERO : BigInteger.ONE;
    }

    private @Nullable String raw(String name) {
        return labels.get(prefix + name);
    }
}
