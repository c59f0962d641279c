package io.meridian.controlplane.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program's configuration: {@code -D} overrides the file, the file overrides every room's
 * {@code reference.conf}.
 *
 * @param config resolved and complete
 * @param operatorAkka the operator's settings under {@code akka}, without defaults
 */
public record Configuration(Config config, Config operatorAkka) {
    private static final String ROOT = "meridian";
    private static final Pattern KEY = Pattern.compile("meridian(\\.[a-z0-9-]+)+");

    /**
     * @param file HOCON; empty: defaults only
     * @param overrides {@code -D} values by key; keys outside {@code akka.} may omit {@code
     *     meridian.}
     * @throws ConfigurationException if the file cannot be read, or a key under {@code meridian} is
     *     unknown
     */
    public static Configuration load(Optional<Path> file, Map<String, String> overrides) {
        Config reference = ConfigFactory.defaultReferenceUnresolved();
        Config layered = ConfigFactory.empty();
        if (file.isPresent()) {
            Config read = parse(file.get());
            refuseUnknownKeys(read, reference);
            layered = read;
        }
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            layered =
                    override(override.getKey(), override.getValue(), reference)
                            .withFallback(layered);
        }
        try {
            Config resolved = layered.withFallback(reference).resolve();
            Config akka =
                    layered.withOnlyPath("akka")
                            .withFallback(resolved.withoutPath("akka"))
                            .resolve();
            return new Configuration(
                    resolved,
                    akka.hasPath("akka") ? akka.withOnlyPath("akka") : ConfigFactory.empty());
        } catch (ConfigException unresolved) {
            throw new ConfigurationException(
                    "configuration has an unresolved substitution: " + unresolved.getMessage());
        }
    }

    /**
     * Reads one record of settings.
     *
     * @throws ConfigurationException for an invalid value; the message has file, line, key, value
     *     and range
     */
    public <T> T read(Function<Config, T> reader) {
        try {
            return reader.apply(config);
        } catch (ConfigException wrong) {
            throw new ConfigurationException(withFullKey(wrong));
        } catch (IllegalArgumentException wrong) {
            throw refused(wrong.getMessage());
        }
    }

    /**
     * Makes the exception for a setting that proved invalid in use, such as an address that cannot
     * be bound.
     *
     * @param message has the full key; this method adds file and line
     */
    public ConfigurationException refused(String message) {
        return new ConfigurationException(message + origin(message));
    }

    /**
     * Replaces the key in the message by the full key: rooms read subtrees, so the library knows
     * only its end.
     */
    private String withFullKey(ConfigException wrong) {
        String message = wrong.getMessage().replaceAll("\\s+", " ");
        String place = wrong.origin() == null ? "" : describe(wrong.origin());
        for (Map.Entry<String, ConfigValue> entry : config.withOnlyPath(ROOT).entrySet()) {
            String key = entry.getKey();
            String end = key.substring(key.lastIndexOf('.') + 1);
            if (describe(entry.getValue().origin()).equals(place) && message.contains(end)) {
                return "setting "
                        + key
                        + " is not usable: "
                        + message.substring(message.startsWith(place) ? place.length() : 0)
                                .replaceFirst("^: ", "")
                        + " ("
                        + place
                        + ")";
            }
        }
        return message;
    }

    private String origin(String message) {
        Matcher key = KEY.matcher(message);
        while (key.find()) {
            if (config.hasPathOrNull(key.group())) {
                return " (" + describe(config.getValue(key.group()).origin()) + ")";
            }
        }
        return "";
    }

    private static String describe(ConfigOrigin origin) {
        return origin.description();
    }

    private static Config parse(Path file) {
        if (!Files.isReadable(file)) {
            throw new ConfigurationException(
                    "configuration file "
                            + file
                            + " can't be read: no such file, or no permission");
        }
        try {
            return ConfigFactory.parseFile(
                    file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
        } catch (ConfigException broken) {
            throw new ConfigurationException(
                    "configuration file is not HOCON: " + broken.getMessage());
        }
    }

    private static void refuseUnknownKeys(Config read, Config reference) {
        if (!read.root().containsKey(ROOT)) {
            return;
        }
        Config known = reference.withOnlyPath(ROOT).resolve();
        read.root()
                .withOnlyKey(ROOT)
                .toConfig()
                .resolve(
                        com.typesafe.config.ConfigResolveOptions.defaults()
                                .setAllowUnresolved(true))
                .entrySet()
                .forEach(
                        entry -> {
                            if (!isKnown(entry.getKey(), known)) {
                                throw new ConfigurationException(
                                        "setting "
                                                + entry.getKey()
                                                + " does not exist ("
                                                + describe(entry.getValue().origin())
                                                + ")");
                            }
                        });
    }

    /** A key is known if it has a default, or lies in an object whose default is empty. */
    private static boolean isKnown(String key, Config known) {
        if (known.hasPathOrNull(key)) {
            return true;
        }
        List<String> path = ConfigUtil.splitPath(key);
        for (int length = path.size() - 1; length > 1; length--) {
            String parent = ConfigUtil.joinPath(path.subList(0, length));
            if (known.hasPath(parent)) {
                return known.getValue(parent).valueType() == ConfigValueType.OBJECT
                        && known.getObject(parent).isEmpty();
            }
        }
        return false;
    }

    private static Config override(String name, String value, Config reference) {
        String key =
                name.startsWith(ROOT + ".") || name.startsWith("akka.") ? name : ROOT + "." + name;
        Config known =
                reference
                        .withOnlyPath(key.startsWith(ROOT) ? ROOT : "akka")
                        .resolve(
                                com.typesafe.config.ConfigResolveOptions.defaults()
                                        .setAllowUnresolved(true));
        if (key.startsWith(ROOT) && !isKnown(key, known)) {
            throw new ConfigurationException("setting " + key + " does not exist (-D" + name + ")");
        }
        ConfigValueType type =
                known.hasPath(key) ? known.getValue(key).valueType() : ConfigValueType.OBJECT;
        String origin = "-D" + name;
        return switch (type) {
            case STRING ->
                    ConfigFactory.empty()
                            .withValue(key, ConfigValueFactory.fromAnyRef(value, origin));
            case LIST ->
                    value.trim().startsWith("[")
                            ? hocon(key, value, origin)
                            : ConfigFactory.empty()
                                    .withValue(
                                            key,
                                            ConfigValueFactory.fromIterable(items(value), origin));
            case OBJECT, NUMBER, BOOLEAN, NULL -> hocon(key, value, origin);
        };
    }

    private static List<String> items(String value) {
        return Arrays.stream(value.split(",", -1))
                .map(String::trim)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    private static Config hocon(String key, String value, String origin) {
        try {
            return ConfigFactory.parseString(
                    key + " = " + value,
                    ConfigParseOptions.defaults().setOriginDescription(origin));
        } catch (ConfigException notHocon) {
            return ConfigFactory.empty()
                    .withValue(key, ConfigValueFactory.fromAnyRef(value, origin));
        }
    }
}
