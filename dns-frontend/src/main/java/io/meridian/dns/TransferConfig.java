package io.meridian.dns;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;

import io.meridian.dns.transfer.NotifyTarget;
import io.meridian.dns.transfer.TransferRule;
import io.meridian.dns.transfer.TransferSettings;
import io.meridian.dns.transfer.TsigAlgorithm;
import io.meridian.dns.transfer.TsigKey;
import io.meridian.dns.wire.DnsName;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Reads {@code meridian.dns.transfer}. Its exceptions never contain a secret. */
final class TransferConfig {
    private static final String ROOT = "meridian.dns.transfer.";
    private static final int SHORTEST_SECRET = 16;
    private static final int MOST_RECORDS = 10_000_000;
    private static final int MOST_CONCURRENT = 1000;
    private static final int DNS_PORT = 53;

    private final Config config;

    private TransferConfig(Config config) {
        this.config = config;
    }

    /**
     * @param config with {@code reference.conf} underneath
     * @throws IllegalArgumentException if a setting is wrong, with its key, rule and value, but no
     *     secret
     */
    static TransferSettings read(Config config) {
        return new TransferConfig(config).read();
    }

    private TransferSettings read() {
        Map<DnsName, TsigKey> keys = keys();
        return new TransferSettings(
                allow(keys),
                List.copyOf(keys.values()),
                notifyTargets(keys),
                integer("history-records", 0, MOST_RECORDS),
                integer("concurrent", 1, MOST_CONCURRENT));
    }

    private List<TransferRule> allow(Map<DnsName, TsigKey> keys) {
        String rule = "a list of \"PREFIX\", \"key NAME\" or \"PREFIX key NAME\"";
        List<TransferRule> rules = new ArrayList<>();
        for (String text : read("allow", rule, path -> config.getStringList(path))) {
            TransferRule parsed =
                    TransferRule.parse(text).orElseThrow(() -> wrong("allow", rule, text));
            if (parsed.key().isPresent() && !keys.containsKey(parsed.key().get())) {
                throw wrong("allow", "with keys that meridian.dns.transfer.keys has", text);
            }
            rules.add(parsed);
        }
        return rules;
    }

    private Map<DnsName, TsigKey> keys() {
        Map<DnsName, TsigKey> keys = new LinkedHashMap<>();
        for (Config item : items("keys", Set.of("name", "algorithm", "secret", "secret-file"))) {
            String text = text(item, "keys", "name", "a domain name").orElse("");
            DnsName name =
                    DnsName.parse(text)
                            .orElseThrow(
                                    () -> wrong("keys", "a list of keys with a name each", text));
            String place = "keys (key " + text + ")";
            String algorithm =
                    text(item, place, "algorithm", "the name of an algorithm")
                            .orElse("hmac-sha256");
            TsigAlgorithm known =
                    TsigAlgorithm.parse(algorithm)
                            .orElseThrow(
                                    () ->
                                            wrong(
                                                    place,
                                                    "with algorithm hmac-sha1, -sha224, -sha256,"
                                                            + " -sha384 or -sha512",
                                                    algorithm));
            if (keys.put(name, new TsigKey(name, known, secret(item, place))) != null) {
                throw wrong("keys", "a list without duplicates", text);
            }
        }
        return keys;
    }

    private static byte[] secret(Config item, String place) {
        String rule = "with either a secret or a secret-file";
        Optional<String> inline = text(item, place, "secret", rule);
        Optional<String> file = text(item, place, "secret-file", rule);
        if (inline.isPresent() == file.isPresent()) {
            throw wrong(place, rule, inline.isPresent() ? "both" : "neither");
        }
        String base64 = inline.orElseGet(() -> contents(file.orElseThrow(), place));
        try {
            byte[] secret = Base64.getDecoder().decode(base64.strip());
            if (secret.length >= SHORTEST_SECRET) {
                return secret;
            }
        } catch (IllegalArgumentException e) {
            // Thrown again below without the decoder's message, which quotes the secret.
        }
        throw wrong(
                place,
                "with a secret of at least " + SHORTEST_SECRET + " bytes in base64",
                "(not shown)");
    }

    private static String contents(String file, String place) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException | IllegalArgumentException e) {
            throw wrong(place, "with a secret-file that can be read", file + ": " + e);
        }
    }

    private List<NotifyTarget> notifyTargets(Map<DnsName, TsigKey> keys) {
        List<NotifyTarget> targets = new ArrayList<>();
        for (Config item : items("notify", Set.of("address", "key", "zones"))) {
            String rule = "a list with address = \"ip\" or \"ip:port\" in each";
            String text = text(item, "notify", "address", rule).orElse("");
            InetSocketAddress address =
                    ConfigReader.socketAddress(text, Optional.of(DNS_PORT))
                            .filter(a -> a.getPort() > 0 && !a.getAddress().isAnyLocalAddress())
                            .orElseThrow(() -> wrong("notify", rule, text));
            Optional<String> key = text(item, "notify", "key", "the name of a key");
            Optional<TsigKey> known = key.flatMap(DnsName::parse).map(keys::get);
            if (key.isPresent() && known.isEmpty()) {
                throw wrong("notify", "with keys that meridian.dns.transfer.keys has", key.get());
            }
            targets.add(new NotifyTarget(address, known, zones(item)));
        }
        return targets;
    }

    private static List<DnsName> zones(Config item) {
        String rule = "with zones as a list of domain names";
        if (!item.hasPath("zones")) {
            return List.of();
        }
        try {
            return item.getStringList("zones").stream()
                    .map(text -> DnsName.parse(text).orElseThrow(() -> wrong("notify", rule, text)))
                    .toList();
        } catch (ConfigException e) {
            throw wrong("notify", rule, item.getValue("zones").render());
        }
    }

    /** Reads a list of tables. Exceptions do not quote the value, which may have a secret. */
    private List<? extends Config> items(String key, Set<String> fields) {
        String rule = "a list of tables with " + String.join(", ", new TreeSet<>(fields));
        List<? extends Config> items;
        try {
            items = config.getConfigList(ROOT + key);
        } catch (ConfigException e) {
            throw wrong(key, rule, "something else");
        }
        for (Config item : items) {
            for (String field : item.root().keySet()) {
                if (!fields.contains(field)) {
                    throw wrong(key, rule, "one with " + field);
                }
            }
        }
        return items;
    }

    private static Optional<String> text(Config item, String place, String field, String rule) {
        if (!item.hasPath(field)) {
            return Optional.empty();
        }
        try {
            return Optional.of(item.getString(field));
        } catch (ConfigException e) {
            throw wrong(place, rule, "another kind of value for " + field);
        }
    }

    private int integer(String key, int min, int max) {
        String rule = "a whole number between " + min + " and " + max;
        int value = read(key, rule, path -> config.getInt(path));
        if (value < min || value > max) {
            throw wrong(key, rule, String.valueOf(value));
        }
        return value;
    }

    private <T> T read(String key, String rule, Function<String, T> reader) {
        try {
            return reader.apply(ROOT + key);
        } catch (ConfigException e) {
            throw wrong(key, rule, config.getValue(ROOT + key).render());
        }
    }

    private static IllegalArgumentException wrong(String key, String rule, String value) {
        return new IllegalArgumentException(
                "setting " + ROOT + key + " must be " + rule + ": was " + value);
    }
}
