package io.meridian.domain.vip;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.VipOptions;

import java.util.List;
import java.util.Optional;

/**
 * A virtual IP that has an address and at least one backend of that address's family.
 *
 * @param backends sorted by endpoint, then task; a VIP without serving backend has its unreachable
 *     ones serve
 * @param options of its virtual server; where services that share it ask for different ones, those
 *     of the first, see {@link SharedOptions}
 * @param conflicts what was asked for and is not so, one sentence each; for people
 */
public record Vip(
        VipKey key,
        IpAddress address,
        List<Backend> backends,
        VipOptions options,
        List<String> conflicts) {
    public Vip {
        backends = List.copyOf(backends);
        conflicts = List.copyOf(conflicts);
    }

    /**
     * One task behind it; see {@link VipRow.Backend}.
     *
     * @param at the address by which its agent is known
     */
    public record Backend(
            Endpoint endpoint,
            String task,
            String agent,
            IpAddress at,
            Optional<Endpoint> local,
            BackendState state,
            int weight) {}
}
