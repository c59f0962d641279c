package io.meridian.controlplane.config;

import com.typesafe.config.Config;

import io.meridian.database.PostgresSettings;
import io.meridian.domain.net.IpAddress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Settings of the node as a whole; each room reads its own settings.
 *
 * @param roles one or both roles
 */
public record NodeSettings(
        Set<Role> roles,
        String id,
        IpAddress address,
        ClusterSettings cluster,
        Journal journal,
        Path stateDirectory,
        InetSocketAddress http) {
    public NodeSettings {
        roles = Set.copyOf(roles);
    }

    /** The server of the journal. */
    public sealed interface Journal {
        /** An embedded PostgreSQL with that data directory. */
        record Embedded(Path directory) implements Journal {}

        /** A PostgreSQL that the operator runs. */
        record External(PostgresSettings settings) implements Journal {}
    }

    public boolean is(Role role) {
        return roles.contains(role);
    }

    /**
     * @throws IllegalArgumentException for an invalid value; the message has key, range and value
     */
    public static NodeSettings from(Config config) {
        Config meridian = config.getConfig("meridian");
        Path state = path(meridian, "state.directory");
        Set<Role> roles = roles(meridian);
        IpAddress address =
                NodeAddress.of(
                        meridian.getString("node.address").trim(), ClusterSettings.seeds(meridian));
        return new NodeSettings(
                roles,
                id(meridian),
                address,
                ClusterSettings.from(meridian, roles.contains(Role.MASTER), address),
                journal(meridian, state, roles.contains(Role.MASTER)),
                state,
                socket(meridian, "http.listen"));
    }

    private static Set<Role> roles(Config config) {
        EnumSet<Role> roles = EnumSet.noneOf(Role.class);
        for (String text : config.getStringList("roles")) {
            roles.add(
                    Role.parse(text)
                            .orElseThrow(() -> wrong("roles", "a list of master and agent", text)));
        }
        if (roles.isEmpty()) {
            throw wrong("roles", "a list of master and agent, not empty", "[]");
        }
        return roles;
    }

    private static String id(Config config) {
        String id = config.getString("node.id").trim();
        if (!id.isEmpty()) {
            return id;
        }
        return hostName()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "setting meridian.node.id must be set, because this host"
                                                + " has no name"));
    }

    /** Name of this host; empty if it has none. */
    public static Optional<String> hostName() {
        try {
            return Optional.of(InetAddress.getLocalHost().getHostName());
        } catch (IOException unnamed) {
            return Optional.empty();
        }
    }

    private static Journal journal(Config config, Path state, boolean master) {
        String kind = config.getString("journal.kind");
        int port = port(config, "journal.postgres.port", 1);
        return switch (kind) {
            case "embedded" -> {
                String directory = config.getString("journal.embedded.directory").trim();
                yield new Journal.Embedded(
                        directory.isEmpty()
                                ? state.resolve("journal")
                                : path(config, "journal.embedded.directory"));
            }
            case "postgres" ->
                    master
                            ? new Journal.External(DatabaseSettings.from(config, port))
                            : new Journal.Embedded(state.resolve("journal")); // not used
            default -> throw wrong("journal.kind", "embedded or postgres", kind);
        };
    }

    static Path path(Config config, String key) {
        String text = config.getString(key).trim();
        try {
            if (!text.isEmpty()) {
                return Path.of(text).toAbsolutePath().normalize();
            }
        } catch (InvalidPathException notAPath) {
            throw wrong(key, "a directory", text);
        }
        throw wrong(key, "a directory", "\"\"");
    }

    static int port(Config config, String key, int min) {
        int port = config.getInt(key);
        if (port < min || port > 65535) {
            throw wrong(key, "between " + min + " and 65535", Integer.toString(port));
        }
        return port;
    }

    static InetSocketAddress socket(Config config, String key) {
        String text = config.getString(key).trim();
        int colon = text.lastIndexOf(':');
        String rule = "\"address:port\" with port 0 to 65535";
        if (colon < 1 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw wrong(key, rule, text);
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
        if (port > 65535) {
            throw wrong(key, rule, text);
        }
        try {
            byte[] address =
                    IpAddress.parse(host).orElseThrow(() -> wrong(key, rule, text)).bytes();
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (IOException impossible) {
            throw wrong(key, rule, text);
        }
    }

    static IllegalArgumentException wrong(String key, String rule, String value) {
        return new IllegalArgumentException(
                "setting meridian." + key + " must be " + rule + ": was " + value);
    }
}
