package io.meridian.sources.mesos;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.mesos.HostPort;
import io.meridian.domain.net.IpAddress;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The masters that are known, whom to ask next, and what names they get. From ZooKeeper, whose
 * first one leads; or from settings, where the answer tells who leads.
 */
final class MasterList {
    private final MesosSettings settings;
    private List<URI> candidates;
    private List<String> registered = List.of();
    private String leader = "";
    private int next;
    private Optional<ClusterClaim.Masters> told = Optional.empty();

    MasterList(MesosSettings settings) {
        this.settings = settings;
        candidates = settings.zookeeper().isPresent() ? List.of() : settings.urls();
    }

    /** Whom to ask now; empty while ZooKeeper has told of none. */
    Optional<URI> candidate() {
        return candidates.isEmpty()
                ? Optional.empty()
                : Optional.of(candidates.get(next % candidates.size()));
    }

    /** The one that was asked is of no use now. */
    void rotate() {
        next++;
    }

    /** Base URLs that ZooKeeper names. */
    List<URI> found() {
        return settings.zookeeper().isPresent() ? candidates : List.of();
    }

    /**
     * ZooKeeper's word, the leader first. No masters at all is an election, not the end of the
     * cluster: then the last word holds.
     *
     * @param pids {@code master@host:port} each
     * @return whether another master leads now
     */
    boolean registered(List<String> pids) {
        List<HostPort> places = pids.stream().flatMap(pid -> HostPort.ofPid(pid).stream()).toList();
        if (places.isEmpty()) {
            return false;
        }
        List<URI> urls = places.stream().map(at -> MesosReads.url(settings.scheme(), at)).toList();
        boolean changed = candidates.isEmpty() || !candidates.getFirst().equals(urls.getFirst());
        if (changed) {
            next = 0;
        }
        candidates = urls;
        registered = pids.stream().map(pid -> pid.substring(pid.indexOf('@') + 1)).toList();
        leader = pids.getFirst();
        return changed;
    }

    /** Who answered calls itself that; ZooKeeper knows better. */
    void leads(String pid) {
        if (registered.isEmpty()) {
            leader = pid;
        }
    }

    /** What is to be told, if that is news. */
    Optional<ClusterClaim.Masters> news(AddressBook book) {
        if (leader.isEmpty()) {
            return Optional.empty();
        }
        ClusterClaim.Masters now = new ClusterClaim.Masters(leader(book), masters(book));
        if (told.equals(Optional.of(now))) {
            return Optional.empty();
        }
        told = Optional.of(now);
        return told;
    }

    private String leader(AddressBook book) {
        return HostPort.ofPid(leader)
                .flatMap(at -> place(at.host(), at.port(), book))
                .map(place -> "master@" + place)
                .orElse(leader);
    }

    /** A URL with a path is a proxy's, which is no master. */
    private List<String> masters(AddressBook book) {
        if (!registered.isEmpty()) {
            return registered;
        }
        List<String> masters = new ArrayList<>();
        for (URI url : settings.urls()) {
            if (url.getPath() == null || url.getPath().isEmpty()) {
                int port =
                        url.getPort() >= 0
                                ? url.getPort()
                                : "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
                place(url.getHost().replaceAll("[\\[\\]]", ""), port, book).ifPresent(masters::add);
            }
        }
        return masters;
    }

    private static Optional<String> place(String host, int port, AddressBook book) {
        List<IpAddress> addresses = book.of(host);
        return addresses.isEmpty()
                ? Optional.empty()
                : Optional.of(text(addresses.getFirst()) + ":" + port);
    }

    private static String text(IpAddress address) {
        String text = address.toString();
        return text.indexOf(':') >= 0 ? "[" + text + "]" : text;
    }
}
