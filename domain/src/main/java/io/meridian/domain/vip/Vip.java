package io.meridian.domain.vip;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;

import java.util.List;
import java.util.Optional;

/**
 * A virtual IP that has an address and at least one backend of that address's family.
 *
 * @param backends sorted by endpoint, then task; a VIP without serving backend has its unreachable
 *     ones at weight 1
 */
public record Vip(VipKey key, IpAddress address, List<Backend> backends) {
    public Vip {
        backends = List.copyOf(backends);
    }

    /** One task behind it; see {@link VipRow.Backend}. */
    public record Backend(
            Endpoint endpoint,
            String task,
            String agent,
            Optional<Endpoint> local,
            BackendState state,
            int weight) {}
}
