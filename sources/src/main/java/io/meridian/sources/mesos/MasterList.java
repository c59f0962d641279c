package io.meridian.sources.mesos;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.mesos.HostPort;
import io.meridian.domain.net.IpAddress;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The masters: which one to connect to next, and their addresses for DNS. ZooKeeper lists them with
 * the leader first; without ZooKeeper they are the configured URLs, and the leader's answer names
 * the leader. Pure; used by one thread.
 */
final class MasterList {
    private final MesosSettings settings;
    private List<URI> candidates;
    private List<String> registered = List.of();
    private String leader = "";
    private int next;
    private Optional<ClusterClaim.Masters> lastClaim = Optional.empty();

    MasterList(MesosSettings settings) {
        this.settings = settings;
        candidates = settings.zookeeper().isPresent() ? List.of() : settings.connection().urls();
    }

    /** Base URL to connect to; empty before ZooKeeper has named a master. */
    Optional<URI> candidate() {
        return candidates.isEmpty()
                ? Optional.empty()
                : Optional.of(candidates.get(next % candidates.size()));
    }

    /** The candidate has failed; the next one is tried. */
    void rotate() {
        next++;
    }

    /** Base URLs of the masters that ZooKeeper names; empty without ZooKeeper. */
    List<URI> found() {
        return settings.zookeeper().isPresent() ? candidates : List.of();
    }

    /**
     * ZooKeeper's list of masters. An empty one is an election, not the end of the cluster, and
     * changes nothing.
     *
     * @param pids {@code master@host:port} each, the leader first
     * @return whether another master leads now, which is then the next candidate
     */
    boolean registered(List<String> pids) {
        List<URI> urls =
                pids.stream()
                        .flatMap(pid -> HostPort.ofPid(pid).stream())
                        .map(at -> MesosReads.url(settings.scheme(), at))
                        .toList();
        if (urls.isEmpty()) {
            return false;
        }
        boolean changed = candidates.isEmpty() || !candidates.getFirst().equals(urls.getFirst());
        if (changed) {
            next = 0;
        }
        candidates = urls;
        registered = pids.stream().map(pid -> pid.substring(pid.indexOf('@') + 1)).toList();
        leader = pids.getFirst();
        return changed;
    }

    /** The connected master names the leader; ignored if ZooKeeper has named one. */
    void leads(String pid) {
        if (registered.isEmpty()) {
            leader = pid;
        }
    }

    /** The claim to emit; empty if the last one still holds or no leader is known. */
    Optional<ClusterClaim.Masters> changed(HostAddresses hosts) {
        if (leader.isEmpty()) {
            return Optional.empty();
        }
        Optional<ClusterClaim.Masters> claim =
                Optional.of(new ClusterClaim.Masters(leader(hosts), masters(hosts)));
        if (claim.equals(lastClaim)) {
            return Optional.empty();
        }
        lastClaim = claim;
        return claim;
    }

    private String leader(HostAddresses hosts) {
        return HostPort.ofPid(leader)
                .flatMap(at -> resolved(at.host(), at.port(), hosts))
                .map(place -> "master@" + place)
                .orElse(leader);
    }

    /** A URL with a path is a proxy's and names no master. */
    private List<String> masters(HostAddresses hosts) {
        if (!registered.isEmpty()) {
            return registered;
        }
        List<String> masters = new ArrayList<>();
        for (URI url : settings.connection().urls()) {
            if (url.getPath() == null || url.getPath().isEmpty()) {
                String host = url.getHost().replaceAll("[\\[\\]]", "");
                resolved(host, port(url), hosts).ifPresent(masters::add);
            }
        }
        return masters;
    }

    private static int port(URI url) {
        int schemePort = "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
        return url.getPort() >= 0 ? url.getPort() : schemePort;
    }

    private static Optional<String> resolved(String host, int port, HostAddresses hosts) {
        List<IpAddress> addresses = hosts.of(host);
        return addresses.isEmpty()
                ? Optional.empty()
                : Optional.of(text(addresses.getFirst()) + ":" + port);
    }

    private static String text(IpAddress address) {
        String text = address.toString();
        return text.indexOf(':') >= 0 ? "[" + text + "]" : text;
    }
}
