package io.meridian.domain.lb;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Assigner of service ports to apps that have an address per task and name no service port. One
 * object serves one rendering; the result depends on the order of the apps, as with Marathon-LB.
 */
public final class ServicePorts {
    private static final int ATTEMPTS = 50;

    private final @Nullable PortRange range;
    private final Map<Key, Integer> assigned = new HashMap<>();
    private final TreeSet<Integer> free = new TreeSet<>();

    /**
     * @param range ports to assign from; null = no assignment
     */
    public ServicePorts(@Nullable PortRange range) {
        this.range = range;
        if (range != null) {
            for (int port = range.min(); port <= range.max(); port++) {
                free.add(port);
            }
        }
    }

    /** The app's service ports. A null element is a port for which the range had no room. */
    public List<@Nullable Integer> of(LbApp app) {
        List<@Nullable Integer> ports = new ArrayList<>(app.servicePorts());
        if (ports.isEmpty() && app.assignsPorts() && range != null && !app.tasks().isEmpty()) {
            for (int taskPort : app.tasks().getFirst().ports()) {
                ports.add(assign(range, new Key(app.id(), taskPort)));
            }
        }
        return ports;
    }

    private @Nullable Integer assign(PortRange from, Key key) {
        Integer known = assigned.get(key);
        if (known != null || free.isEmpty()) {
            return known;
        }
        Integer port = null;
        for (int i = 0; i < ATTEMPTS && port == null; i++) {
            int candidate = from.candidate(key.app + "-" + key.taskPort + "-" + i);
            port = free.contains(candidate) ? (Integer) candidate : null;
        }
        Integer chosen = port == null ? free.getFirst() : port;
        free.remove(chosen);
        assigned.put(key, chosen);
        return chosen;
    }

    private record Key(String app, int taskPort) {}

    /**
     * Range of ports, both ends included.
     *
     * @param min lowest port, at least 1
     * @param max highest port, at least {@code min}
     */
    public record PortRange(int min, int max) {
        int candidate(String text) {
            byte[] digest = digest("SHA-1", text);
            long head = 0;
            for (int i = 0; i < 4; i++) {
                head = head << 8 | digest[i] & 0xff;
            }
            return (int) (min + head % (max - min + 1));
        }
    }

    /** Digest of the text in UTF-8, by an algorithm that every JDK has. */
    static byte[] digest(String algorithm, String text) {
        try {
            return MessageDigest.getInstance(algorithm)
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
