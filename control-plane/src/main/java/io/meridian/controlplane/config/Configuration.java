package io.meridian.controlplane.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private static final Pattern KEY = Pattern.compile("meridian(\\.[a-z0-9-]+)+");

    /** An IPv6 address in brackets, with or without a port, and no other item: not a list. */
    private static final Pattern IPV6 =
            Pattern.compile("\\[[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*](:\\d+)?");

    /** Keys of Mesos-DNS's config.json, in lower case; a file with two of them is one. */
    private static final Set<String> MESOS_DNS =
            Set.of(
                    "zk",
                    "masters",
                    "refreshseconds",
                    "mesoscredentials",
                    "domain",
                    "resolvers",
                    "soarname",
                    "soamname",
                    "ipsources",
                    "httpon",
                    "dnson",
                    "externalon",
                    "enforcerfc952",
                    "statetimeoutseconds",
                    "zkdetectiontimeout");

    /**
     * @param file HOCON; empty: defaults only
     * @param overrides {@code -D} values by key; keys outside {@code akka.} may omit {@code
     *     meridian.}
     * @throws ConfigurationException if the file cannot be read or is another program's, if a key
     *     is unknown at any level, or if a value has another type than its default
     */
    public static Configuration load(Optional<Path> file, Map<String, String> overrides) {
        Config reference = ConfigFactory.defaultReferenceUnresolved();
        KnownSettings known = KnownSettings.of(reference);
        Config own = file.map(Configuration::parse).orElseGet(ConfigFactory::empty);
        try {
            for (Map.Entry<String, String> override : overrides.entrySet()) {
                own = override(override.getKey(), override.getValue(), known).withFallback(own);
            }
            Config resolved = own.withFallback(reference).resolve();
            Config written = own.resolveWith(resolved);
            known.requireKnown(written.root());
            return new Configuration(
                    resolved,
                    written.hasPath("akka") ? written.withOnlyPath("akka") : ConfigFactory.empty());
        } catch (ConfigException unresolved) {
            throw new ConfigurationException(
                    "configuration cannot be resolved: " + oneLine(unresolved.getMessage()));
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
            throw new ConfigurationException("setting " + oneLine(wrong.getMessage()));
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
        return new ConfigurationException(oneLine(message) + origin(message));
    }

    private static String oneLine(String message) {
        return message.replaceAll("\\s+", " ");
    }

    private String origin(String message) {
        Matcher key = KEY.matcher(message);
        while (key.find()) {
            if (config.hasPathOrNull(key.group())) {
                return " (" + place(config.getValue(key.group()).origin()) + ")";
            }
        }
        return "";
    }

    /** Where a value was set; a default has no place that an operator could edit. */
    private static String place(ConfigOrigin origin) {
        return origin.description().startsWith("reference.conf")
                ? "the default"
                : origin.description();
    }

    private static Config parse(Path file) {
        if (Files.isDirectory(file)) {
            throw new ConfigurationException("configuration file " + file + " is a directory");
        }
        if (!Files.isReadable(file)) {
            throw new ConfigurationException(
                    "configuration file "
                            + file
                            + (Files.exists(file)
                                    ? " cannot be read: permission denied"
                                    : " does not exist"));
        }
        Config read;
        try {
            read =
                    ConfigFactory.parseFile(
                            file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
        } catch (ConfigException broken) {
            throw new ConfigurationException(
                    "configuration file is not HOCON: " + oneLine(broken.getMessage()));
        }
        requireOurs(file, read.root().keySet());
        return read;
    }

    private static void requireOurs(Path file, Set<String> keys) {
        if (keys.contains(KnownSettings.ROOT) || keys.contains("akka")) {
            return;
        }
        if (keys.stream().filter(key -> MESOS_DNS.contains(key.toLowerCase(Locale.ROOT))).count()
                > 1) {
            throw new ConfigurationException(
                    "configuration file "
                            + file
                            + " is Mesos-DNS's; docs/how-to/migrate-from-mesos-dns.md has"
                            + " Meridian's key for each of its keys");
        }
        throw new ConfigurationException(
                "configuration file "
                        + file
                        + " has no section meridian { ... }"
                        + (keys.isEmpty() ? ": it is empty" : ": it has " + first(keys))
                        + KnownSettings.similar(first(keys), Set.of(KnownSettings.ROOT))
                                .map(name -> "; did you mean " + name + "?")
                                .orElse("; conf/single.conf is an example"));
    }

    private static String first(Set<String> keys) {
        return keys.stream().sorted().findFirst().orElse("");
    }

    private static Config override(String name, String value, KnownSettings known) {
        String key =
                name.startsWith(KnownSettings.ROOT + ".") || name.startsWith("akka.")
                        ? name
                        : KnownSettings.ROOT + "." + name;
        String origin = "-D" + name;
        return switch (known.type(key).orElse(ConfigValueType.OBJECT)) {
            case STRING ->
                    ConfigFactory.empty()
                            .withValue(key, ConfigValueFactory.fromAnyRef(value, origin));
            case LIST -> list(key, value.trim(), origin);
            case OBJECT, NUMBER, BOOLEAN, NULL -> hocon(key, value, origin);
        };
    }

    /** A list as HOCON, or as items between commas, in brackets or without. */
    private static Config list(String key, String value, String origin) {
        boolean bracketed =
                value.startsWith("[") && value.endsWith("]") && !IPV6.matcher(value).matches();
        if (bracketed) {
            Config read = hocon(key, value, origin);
            if (read.getValue(key).valueType() == ConfigValueType.LIST) {
                return read;
            }
        }
        String items = bracketed ? value.substring(1, value.length() - 1) : value;
        return ConfigFactory.empty()
                .withValue(key, ConfigValueFactory.fromIterable(items(items), origin));
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
