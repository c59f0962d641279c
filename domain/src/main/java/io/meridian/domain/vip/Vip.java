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
 * @param conflicts what was asked for and is not so because another service has the say, one
 *     sentence each; for people
 * @param refused labels that are not obeyed, one sentence each, with their service; for people
 */
public record Vip(
        VipKey key,
        IpAddress address,
        List<Backend> backends,
        VipOptions options,
        List<String> conflicts,
        List<String> refused) {
    public Vip {
        backends = List.copyOf(backends);
        conflicts = List.copyOf(conflicts);
        refused = List.copyOf(refused);
    }

    /**
     * One task behind it.
     *
     * @param row what the table says of it
     * @param state as this node sees it
     * @param weight share of new connections, 0..65535
     */
    public record Backend(VipRow.Backend row, BackendState state, int weight) {
        public Endpoint endpoint() {
            return row.endpoint();
        }

        public String task() {
            return row.owner();
        }

        public String agent() {
            return row.agent();
        }

        /** The address by which its agent is known. */
        public IpAddress at() {
            return row.at();
        }

        /** See {@link VipRow.Backend}. */
        public Optional<Endpoint> local() {
            return row.local();
        }
    }
}
