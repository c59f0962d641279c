package io.meridian.feed.text;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;

import java.util.Optional;

/**
 * {@code address}, VIP name, address; or {@code backend}, VIP name, protocol, VIP port, address,
 * port, agent, local address, local port, state, weight, options, the agent's address. A backend's
 * endpoints have its VIP's protocol. An absent local endpoint is an empty address and port 0; an
 * absent address of the agent is empty.
 */
final class VipRowFormat implements RowFormat<VipRow> {
    private static final String ADDRESS = "address";
    private static final String BACKEND = "backend";
    private static final Protocol[] PROTOCOLS = Protocol.values();
    private static final BackendState[] STATES = BackendState.values();

    @Override
    public void write(VipRow row, LineWriter to) {
        switch (row) {
            case VipRow.Address address ->
                    to.text(ADDRESS).text(address.name()).text(address.address().toString());
            case VipRow.Backend backend -> write(backend, to);
        }
    }

    private static void write(VipRow.Backend row, LineWriter to) {
        to.text(BACKEND)
                .text(row.vip().name())
                .text(row.vip().protocol().label())
                .number(row.vip().port())
                .text(row.endpoint().address().toString())
                .number(row.endpoint().port())
                .text(row.agent())
                .text(text(row.local().map(Endpoint::address)))
                .number(row.local().map(Endpoint::port).orElse(0))
                .text(row.state().label())
                .number(row.weight())
                .text(row.options().toString())
                .text(text(row.agentAddress()));
    }

    private static String text(Optional<IpAddress> address) {
        return address.map(IpAddress::toString).orElse("");
    }

    @Override
    public VipRow read(String owner, LineReader from) {
        String kind = from.text();
        return switch (kind) {
            case ADDRESS -> new VipRow.Address(from.text(), IpAddress.literal(from.text()));
            case BACKEND -> backend(owner, from);
            default -> throw new IllegalArgumentException("unknown kind of VIP row: " + kind);
        };
    }

    private static VipRow.Backend backend(String owner, LineReader from) {
        String name = from.repeated(0);
        Protocol protocol = from.constant(PROTOCOLS, Protocol::label);
        VipKey key = new VipKey(name, protocol, from.number());
        IpAddress address = IpAddress.literal(from.text());
        Endpoint endpoint = new Endpoint(address, from.number(), protocol);
        String agent = from.repeated(1);
        Optional<IpAddress> localAddress = address(from.text());
        int localPort = from.number();
        Optional<Endpoint> local =
                localAddress.map(found -> new Endpoint(found, localPort, protocol));
        BackendState state = from.constant(STATES, BackendState::label);
        int weight = from.number();
        VipOptions options = VipOptions.parse(from.text());
        Optional<IpAddress> at = address(from.text());
        return new VipRow.Backend(key, endpoint, owner, agent, local, state, weight, options, at);
    }

    private static Optional<IpAddress> address(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(IpAddress.literal(text));
    }
}
