package io.meridian.feed.wire;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;

import java.util.Optional;

/**
 * 0, name, address for an address; 1, VIP name, protocol, port, endpoint, owner, agent, 0 or 1 and
 * the local endpoint, state, weight for a backend; 2, the same and then options as text and the
 * agent's address or no bytes, for one that has either. Protocols by IANA number.
 */
public final class VipRowCodec implements RowCodec<VipRow> {
    private static final int ADDRESS = 0;
    private static final int BACKEND = 1;
    private static final int BACKEND_AND_MORE = 2;
    private static final byte[] NOWHERE = {};

    @Override
    public void write(VipRow row, FieldWriter out) {
        switch (row) {
            case VipRow.Address address -> {
                out.number(ADDRESS);
                out.text(address.name());
                out.bytes(address.address().bytes());
            }
            case VipRow.Backend backend -> write(backend, out);
        }
    }

    private static void write(VipRow.Backend row, FieldWriter out) {
        boolean more = !row.options().isEmpty() || row.agentAddress().isPresent();
        out.number(more ? BACKEND_AND_MORE : BACKEND);
        out.text(row.vip().name());
        out.number(row.vip().protocol().number());
        out.number(row.vip().port());
        write(row.endpoint(), out);
        out.text(row.owner());
        out.text(row.agent());
        out.number(row.local().isPresent() ? 1 : 0);
        row.local().ifPresent(local -> write(local, out));
        out.number(code(row.state()));
        out.number(row.weight());
        if (more) {
            out.text(row.options().toString());
            out.bytes(row.agentAddress().map(IpAddress::bytes).orElse(NOWHERE));
        }
    }

    private static void write(Endpoint endpoint, FieldWriter out) {
        out.bytes(endpoint.address().bytes());
        out.number(endpoint.port());
        out.number(endpoint.protocol().number());
    }

    @Override
    public VipRow read(FieldReader in) throws DamagedFrame {
        int kind = in.number();
        if (kind == ADDRESS) {
            return new VipRow.Address(in.text(), address(in));
        }
        if (kind != BACKEND && kind != BACKEND_AND_MORE) {
            throw damaged("VIP rows of kind " + kind + " don't exist");
        }
        String name = in.text();
        Protocol protocol = protocol(in);
        VipKey key = new VipKey(name, protocol, port(in));
        Endpoint endpoint = endpoint(in);
        String owner = in.text();
        String agent = in.text();
        Optional<Endpoint> local = in.number() == 0 ? Optional.empty() : Optional.of(endpoint(in));
        BackendState state = state(in.number());
        int weight = in.number();
        boolean more = kind == BACKEND_AND_MORE;
        VipOptions options = more ? options(in.text()) : VipOptions.NONE;
        Optional<IpAddress> at = more ? addressOrNone(in) : Optional.empty();
        return new VipRow.Backend(key, endpoint, owner, agent, local, state, weight, options, at);
    }

    private static Endpoint endpoint(FieldReader in) throws DamagedFrame {
        IpAddress address = address(in);
        int port = port(in);
        return new Endpoint(address, port, protocol(in));
    }

    private static VipOptions options(String text) throws DamagedFrame {
        try {
            return VipOptions.parse(text);
        } catch (IllegalArgumentException e) {
            throw damaged(e.getMessage());
        }
    }

    private static Optional<IpAddress> addressOrNone(FieldReader in) throws DamagedFrame {
        byte[] bytes = in.bytes();
        return bytes.length == 0 ? Optional.empty() : Optional.of(address(bytes));
    }

    private static IpAddress address(FieldReader in) throws DamagedFrame {
        return address(in.bytes());
    }

    private static IpAddress address(byte[] bytes) throws DamagedFrame {
        if (bytes.length != 4 && bytes.length != 16) {
            throw damaged("an IP address has 4 or 16 bytes: was " + bytes.length);
        }
        return IpAddress.of(bytes);
    }

    private static int port(FieldReader in) throws DamagedFrame {
        int port = in.number();
        if (port < 1 || port > 65535) {
            throw damaged("port must be between 1 and 65535: was " + port);
        }
        return port;
    }

    private static Protocol protocol(FieldReader in) throws DamagedFrame {
        int number = in.number();
        for (Protocol protocol : Protocol.values()) {
            if (protocol.number() == number) {
                return protocol;
            }
        }
        throw damaged("protocol " + number + " is neither TCP nor UDP");
    }

    /** Own codes, so that the enum's order stays free to change. */
    private static int code(BackendState state) {
        return switch (state) {
            case SERVING -> 1;
            case DRAINING -> 2;
            case UNREACHABLE -> 3;
        };
    }

    private static BackendState state(int code) throws DamagedFrame {
        for (BackendState state : BackendState.values()) {
            if (code(state) == code) {
                return state;
            }
        }
        throw damaged("backend state " + code + " does not exist");
    }

    private static DamagedFrame damaged(String why) {
        return new DamagedFrame(DamagedFrame.Fault.CONTENT, why);
    }
}
