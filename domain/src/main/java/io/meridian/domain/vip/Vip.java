package io.meridian.domain.vip;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.VipOptions;

import java.util.List;
import java.util.Optional;

/**
 * A VIP that has an address and at least one backend of that address's family.
 *
 * @param backends sorted by endpoint, then task; if no backend serves, the unreachable ones do
 * @param options of its virtual server; see {@link SharedOptions}
 * @param conflicts one sentence for each option on which services disagree, for the operator
 * @param refused one sentence for each label without effect, with its service, for the operator
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
     * One task behind the VIP.
     *
     * @param row of the VIP table
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

        /** The address that identifies its agent. */
        public IpAddress at() {
            return row.at();
        }

        /** See {@link VipRow.Backend}. */
        public Optional<Endpoint> local() {
            return row.local();
        }
    }
}
