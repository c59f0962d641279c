package io.meridian.sources.mesos;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where Mesos masters register, as their {@code --zk} writes it: {@code
 * zk://user:password@h1:2181,h2:2181/mesos}.
 *
 * @param login {@code user:password}; empty for none
 * @param servers {@code host:port} each, at least one
 * @param path absolute, without trailing slash
 */
public record ZooKeeperAddress(String login, List<String> servers, String path) {
    private static final Pattern FORM =
            Pattern.compile("zk://(?:([^@/]+:[^@/]*)@)?([^@/]+)(/[^/]+(?:/[^/]+)*)/?");
    private static final Pattern SERVER =
            Pattern.compile("(\\[[0-9a-fA-F:]+\\]|[^:\\[\\]]+)(:[0-9]{1,5})?");
    private static final String PORT = ":2181";

    public ZooKeeperAddress {
        servers = List.copyOf(servers);
    }

    /** Reads a {@code zk://} URL; servers without port get 2181; empty for anything else. */
    public static Optional<ZooKeeperAddress> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<String> servers = List.of(matcher.group(2).split(",", -1));
        if (!servers.stream().allMatch(server -> SERVER.matcher(server).matches())) {
            return Optional.empty();
        }
        return Optional.of(
                new ZooKeeperAddress(
                        matcher.group(1) == null ? "" : matcher.group(1),
                        servers.stream().map(ZooKeeperAddress::withPort).toList(),
                        matcher.group(3)));
    }

    private static String withPort(String server) {
        return server.matches(".*:[0-9]{1,5}") && !server.endsWith("]") ? server : server + PORT;
    }

    /** Connect string for ZooKeeper's client: {@code h1:2181,h2:2181}. */
    String connect() {
        return String.join(",", servers);
    }

    /** Never shows the password. */
    @Override
    public String toString() {
        return "zk://" + (login.isEmpty() ? "" : "***@") + connect() + path;
    }
}
