package io.meridian.domain.vip;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.table.Row;

import java.util.Comparator;
import java.util.Optional;

/** A row of the VIP table. */
public sealed interface VipRow extends Row, Comparable<VipRow> {
    /**
     * An address of a named VIP; one of each family, until the name is released. Its owner is the
     * name.
     */
    record Address(String name, IpAddress address) implements VipRow {
        @Override
        public String owner() {
            return name;
        }
    }

    /**
     * One task behind one VIP.
     *
     * @param endpoint address and port at which other nodes reach the task
     * @param agent id of the Mesos agent that runs the task
     * @param local endpoint on the task's own agent, where packets of IPVS skip the rules that map
     *     host ports (dcos-net 2.2); empty if {@code endpoint} works there too
     * @param weight share of new connections, 0..65535; 0 unless {@code state} is serving
     * @param options that the task's labels request
     * @param agentAddress of the agent, if known and different from {@code endpoint}'s address
     */
    record Backend(
            VipKey vip,
            Endpoint endpoint,
            String owner,
            String agent,
            Optional<Endpoint> local,
            BackendState state,
            int weight,
            VipOptions options,
            Optional<IpAddress> agentAddress)
            implements VipRow {
        /** A backend without options, at its agent's own address. */
        public Backend(
                VipKey vip,
                Endpoint endpoint,
                String owner,
                String agent,
                Optional<Endpoint> local,
                BackendState state,
                int weight) {
            this(
                    vip,
                    endpoint,
                    owner,
                    agent,
                    local,
                    state,
                    weight,
                    VipOptions.NONE,
                    Optional.empty());
        }

        /** The address that identifies its agent; the endpoint's if no other is known. */
        public IpAddress at() {
            return agentAddress.orElse(endpoint.address());
        }
    }

    Comparator<Backend> BACKENDS =
            Comparator.comparing(Backend::vip)
                    .thenComparing(Backend::endpoint)
                    .thenComparing(Backend::owner)
                    .thenComparing(Backend::state)
                    .thenComparing(Backend::weight)
                    .thenComparing(Backend::agent)
                    .thenComparing(b -> b.local().map(Endpoint::toString).orElse(""))
                    .thenComparing(Backend::options)
                    .thenComparing(b -> b.agentAddress().map(IpAddress::toString).orElse(""));
    Comparator<Address> ADDRESSES =
            Comparator.comparing(Address::name).thenComparing(Address::address);

    /** Sorts addresses before backends, then by content. */
    @Override
    default int compareTo(VipRow other) {
        return switch (this) {
            case Address a -> other instanceof Address b ? ADDRESSES.compare(a, b) : -1;
            case Backend a -> other instanceof Backend b ? BACKENDS.compare(a, b) : 1;
        };
    }
}
