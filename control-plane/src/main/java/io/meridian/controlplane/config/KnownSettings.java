package io.meridian.controlplane.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The settings that exist, with their types: those of every room's {@code reference.conf}. Refuses
 * what an operator wrote if a key does not exist at any level, or a value has another type than the
 * default. Ranges are checked by the room that reads the setting.
 *
 * @param root the resolved defaults, with comments as the meaning of each key
 */
record KnownSettings(ConfigObject root) {
    static final String ROOT = "meridian";
    private static final String AKKA = "akka";
    private static final Pattern SECRET = Pattern.compile("password|secret|token|keys|zookeeper");
    private static final Pattern UNIT = Pattern.compile(".*\\p{L}\\s*");
    private static final Set<String> BOOLEANS = Set.of("true", "false", "yes", "no", "on", "off");

    static KnownSettings of(Config reference) {
        return new KnownSettings(reference.withOnlyPath(ROOT).resolve().root());
    }

    /**
     * @param read the operator's settings, resolved and without defaults
     * @throws ConfigurationException for the first unknown key or wrong type, in the order of the
     *     file's lines
     */
    void requireKnown(ConfigObject read) {
        for (Map.Entry<String, ConfigValue> entry : inOrder(read)) {
            String key = ConfigUtil.joinPath(entry.getKey());
            if (entry.getKey().equals(ROOT)) {
                requireKnown(ROOT, entry.getValue(), root.get(ROOT));
            } else if (!entry.getKey().equals(AKKA)) {
                throw unknown(key, entry.getValue(), similar(entry.getKey(), Set.of(ROOT, AKKA)));
            }
        }
    }

    /** Type of the default of a key; empty if the key does not exist. */
    Optional<ConfigValueType> type(String key) {
        Config known = root.toConfig();
        return known.hasPathOrNull(key)
                ? Optional.of(known.getValue(key).valueType())
                : Optional.empty();
    }

    private void requireKnown(String path, ConfigValue value, ConfigValue known) {
        if (!(known instanceof ConfigObject section)) {
            requireType(path, value, known);
        } else if (!(value instanceof ConfigObject entries)) {
            throw wrong(path, "a section { ... }", value, section, "");
        } else if (!section.isEmpty()) {
            for (Map.Entry<String, ConfigValue> entry : inOrder(entries)) {
                String key = path + "." + ConfigUtil.joinPath(entry.getKey());
                ConfigValue default_ = section.get(entry.getKey());
                if (default_ == null) {
                    throw unknown(
                            key,
                            entry.getValue(),
                            similar(entry.getKey(), section.keySet())
                                    .map(name -> path + "." + name)
                                    .or(() -> elsewhere(entry.getKey())));
                }
                requireKnown(key, entry.getValue(), default_);
            }
        }
    }

    private static void requireType(String key, ConfigValue value, ConfigValue known) {
        String text = String.valueOf(value.unwrapped()).strip();
        switch (known.valueType()) {
            case LIST -> {
                if (value.valueType() != ConfigValueType.LIST) {
                    throw wrong(
                            key,
                            "a list",
                            value,
                            known,
                            isScalar(value) ? "write [" + shown(key, value) + "]" : "");
                }
            }
            case BOOLEAN -> {
                if (!isScalar(value) || !BOOLEANS.contains(text)) {
                    throw wrong(key, "true or false", value, known, "");
                }
            }
            case NUMBER -> {
                boolean whole = known.unwrapped() instanceof Integer;
                if (!isScalar(value) || !text.matches(whole ? "-?\\d+" : "-?\\d+(\\.\\d+)?")) {
                    throw wrong(key, whole ? "a whole number" : "a number", value, known, "");
                }
            }
            default -> {
                if (!isScalar(value)) {
                    throw wrong(key, "one value", value, known, "");
                }
                requireUnit(key, value, known);
            }
        }
    }

    /** Checks a duration or a size; the default tells which of them a text is. */
    private static void requireUnit(String key, ConfigValue value, ConfigValue known) {
        String text = String.valueOf(value.unwrapped()).strip();
        if (isDuration(known)) {
            if (!UNIT.matcher(text).matches()) {
                throw wrong(
                        key,
                        "a duration with a unit (ms, s, m, h, d)",
                        value,
                        known,
                        text.isEmpty() ? "" : "write " + text + " s");
            }
            if (!isDuration(value)) {
                throw wrong(key, "a duration such as " + known.unwrapped(), value, known, "");
            }
        } else if (isSize(known) && !isSize(value)) {
            throw wrong(key, "a size such as " + known.unwrapped(), value, known, "");
        }
    }

    private static boolean isDuration(ConfigValue value) {
        try {
            value.atKey("it").getDuration("it");
            return true;
        } catch (ConfigException other) {
            return false;
        }
    }

    private static boolean isSize(ConfigValue value) {
        try {
            value.atKey("it").getBytes("it");
            return true;
        } catch (ConfigException other) {
            return false;
        }
    }

    private static boolean isScalar(ConfigValue value) {
        return switch (value.valueType()) {
            case STRING, NUMBER, BOOLEAN -> true;
            case OBJECT, LIST, NULL -> false;
        };
    }

    private static ConfigurationException unknown(
            String key, ConfigValue value, Optional<String> similar) {
        return new ConfigurationException(
                "setting "
                        + key
                        + " does not exist"
                        + similar.map(name -> "; did you mean " + name + "?").orElse("")
                        + " ("
                        + value.origin().description()
                        + ")");
    }

    private static ConfigurationException wrong(
            String key, String rule, ConfigValue value, ConfigValue known, String advice) {
        String meaning =
                known.origin().comments().stream()
                        .map(String::strip)
                        .collect(Collectors.joining(" "));
        return new ConfigurationException(
                "setting "
                        + key
                        + " must be "
                        + rule
                        + ": was "
                        + shown(key, value)
                        + (advice.isEmpty() ? "" : "; " + advice)
                        + " ("
                        + value.origin().description()
                        + ")"
                        + (meaning.isEmpty() ? "" : ": " + meaning));
    }

    private static String shown(String key, ConfigValue value) {
        if (SECRET.matcher(key.substring(key.lastIndexOf('.') + 1)).find()) {
            return "(not shown)";
        }
        return isScalar(value)
                ? String.valueOf(value.unwrapped())
                : value.render(ConfigRenderOptions.concise());
    }

    /** A key with that last part in another section. */
    private Optional<String> elsewhere(String name) {
        List<String> same = new ArrayList<>();
        collect(ROOT, root.get(ROOT), name, same);
        return same.size() == 1 ? Optional.of(same.getFirst()) : Optional.empty();
    }

    private static void collect(String path, ConfigValue value, String name, List<String> found) {
        if (value instanceof ConfigObject section) {
            section.forEach(
                    (key, child) -> {
                        String below = path + "." + key;
                        if (key.equals(name)) {
                            found.add(below);
                        }
                        collect(below, child, name, found);
                    });
        }
    }

    /** The name with the smallest edit distance, if that is at most a third of its length. */
    static Optional<String> similar(String wrong, Collection<String> names) {
        String lower = wrong.toLowerCase(Locale.ROOT);
        return names.stream()
                .filter(name -> distance(lower, name) <= Math.max(1, name.length() / 3))
                .min(
                        Comparator.comparingInt((String name) -> distance(lower, name))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /** Levenshtein's distance: insertions, deletions and replacements of one letter. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }

    private static List<Map.Entry<String, ConfigValue>> inOrder(ConfigObject section) {
        return section.entrySet().stream()
                .sorted(
                        Comparator.comparingInt(
                                        (Map.Entry<String, ConfigValue> entry) ->
                                                entry.getValue().origin().lineNumber())
                                .thenComparing(Map.Entry::getKey))
                .toList();
    }
}
