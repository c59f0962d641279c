package io.meridian.projections;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.projections.SqlTable.Column;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The two tables; columns in the order of their texts. */
final class SqlTables {
    private static final String ADDRESS = "address";
    private static final String BACKEND = "backend";
    private static final RecordType[] TYPES = RecordType.values();

    static final SqlTable<ZoneRow> ZONE =
            new SqlTable<>(
                    "zone",
                    List.of(
                            new Column<>("zone", ZoneRow::zone),
                            new Column<>("name", ZoneRow::name),
                            new Column<>("type", row -> row.type().name()),
                            new Column<>("data", ZoneRow::data)),
                    SqlTables::zoneRow);

    static final SqlTable<VipRow> VIP =
            new SqlTable<>(
                    "vip",
                    List.of(
                            column("kind", _ -> ADDRESS, _ -> BACKEND),
                            column("name", VipRow.Address::name, b -> b.vip().name()),
                            column("protocol", _ -> "", b -> b.vip().protocol().label()),
                            column("vip_port", _ -> 0, b -> b.vip().port()),
                            column("address", VipRow.Address::address, b -> b.endpoint().address()),
                            column("port", _ -> 0, b -> b.endpoint().port()),
                            column("agent", _ -> "", VipRow.Backend::agent),
                            column(
                                    "local_address",
                                    _ -> "",
                                    b -> text(b.local(), Endpoint::address)),
                            column(
                                    "local_port",
                                    _ -> 0,
                                    b -> b.local().map(Endpoint::port).orElse(0)),
                            column("state", _ -> "", b -> b.state().label()),
                            column("weight", _ -> 0, VipRow.Backend::weight),
                            column("options", _ -> "", VipRow.Backend::options),
                            column("agent_address", _ -> "", b -> text(b.agentAddress(), a -> a))),
                    SqlTables::vipRow);

    private SqlTables() {}

    private static Column<VipRow> column(
            String name,
            Function<VipRow.Address, Object> address,
            Function<VipRow.Backend, Object> backend) {
        return new Column<>(
                name,
                row ->
                        switch (row) {
                            case VipRow.Address a -> address.apply(a);
                            case VipRow.Backend b -> backend.apply(b);
                        });
    }

    private static <T> String text(Optional<T> from, Function<T, IpAddress> address) {
        return from.map(address).map(IpAddress::toString).orElse("");
    }

    private static ZoneRow zoneRow(String owner, RowText.Fields from) {
        String zone = from.repeated(0);
        String name = from.string();
        RecordType type = from.constant(TYPES);
        String data = from.repeated(1 + type.ordinal());
        return new ZoneRow(zone, name, type, data, owner);
    }

    private static VipRow vipRow(String owner, RowText.Fields from) {
        String kind = from.string();
        String name = from.string();
        String protocolName = from.string();
        int vipPort = from.number();
        IpAddress address = IpAddress.literal(from.string());
        int port = from.number();
        String agent = from.string();
        String localAddress = from.string();
        int localPort = from.number();
        String state = from.string();
        int weight = from.number();
        String options = from.string();
        String agentAddress = from.string();
        return switch (kind) {
            case ADDRESS -> new VipRow.Address(name, address);
            case BACKEND -> {
                Protocol protocol =
                        Protocol.parse(protocolName)
                                .orElseThrow(
                                        () ->
                                                new IllegalStateException(
                                                        "VIP row without protocol: " + name));
                yield new VipRow.Backend(
                        new VipKey(name, protocol, vipPort),
                        new Endpoint(address, port, protocol),
                        owner,
                        agent,
                        address(localAddress)
                                .map(local -> new Endpoint(local, localPort, protocol)),
                        BackendState.valueOf(state.toUpperCase(Locale.ROOT)),
                        weight,
                        VipOptions.parse(options),
                        address(agentAddress));
            }
            default -> throw new IllegalStateException("VIP row of unknown kind \"" + kind + "\"");
        };
    }

    private static Optional<IpAddress> address(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(IpAddress.literal(text));
    }
}
