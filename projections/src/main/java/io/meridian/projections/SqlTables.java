package io.meridian.projections;

import static io.meridian.projections.SqlTable.Column.integer;
import static io.meridian.projections.SqlTable.Column.text;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRow;
import io.r2dbc.spi.Readable;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The two tables; columns as in the schema. */
final class SqlTables {
    private static final String ADDRESS = "address";
    private static final String BACKEND = "backend";

    static final SqlTable<ZoneRow> ZONE =
            new SqlTable<>(
                    "zone",
                    List.of(
                            text("owner", ZoneRow::owner),
                            text("zone", ZoneRow::zone),
                            text("name", ZoneRow::name),
                            text("type", row -> row.type().name()),
                            text("data", ZoneRow::data)),
                    SqlTables::zoneRow);

    static final SqlTable<VipRow> VIP =
            new SqlTable<>(
                    "vip",
                    List.of(
                            text("owner", VipRow::owner),
                            text("kind", row -> of(row, _ -> ADDRESS, _ -> BACKEND)),
                            text("name", row -> of(row, VipRow.Address::name, b -> b.vip().name())),
                            text(
                                    "protocol",
                                    row -> of(row, _ -> "", b -> b.vip().protocol().label())),
                            integer("vip_port", row -> of(row, _ -> 0, b -> b.vip().port())),
                            text(
                                    "address",
                                    row ->
                                            of(row, a -> a.address(), b -> b.endpoint().address())
                                                    .toString()),
                            integer("port", row -> of(row, _ -> 0, b -> b.endpoint().port())),
                            text("agent", row -> of(row, _ -> "", VipRow.Backend::agent)),
                            text(
                                    "local_address",
                                    row -> local(row).map(e -> e.address().toString()).orElse("")),
                            integer("local_port", row -> local(row).map(Endpoint::port).orElse(0)),
                            text("state", row -> of(row, _ -> "", b -> b.state().label())),
                            integer("weight", row -> of(row, _ -> 0, VipRow.Backend::weight)),
                            text("options", row -> of(row, _ -> "", b -> b.options().toString())),
                            text(
                                    "agent_address",
                                    row ->
                                            of(
                                                            row,
                                                            _ -> Optional.<IpAddress>empty(),
                                                            b -> b.agentAddress())
                                                    .map(IpAddress::toString)
                                                    .orElse(""))),
                    SqlTables::vipRow);

    private SqlTables() {}

    private static ZoneRow zoneRow(Readable from) {
        return new ZoneRow(
                string(from, "zone"),
                string(from, "name"),
                RecordType.valueOf(string(from, "type")),
                string(from, "data"),
                string(from, "owner"));
    }

    private static VipRow vipRow(Readable from) {
        String kind = string(from, "kind");
        String name = string(from, "name");
        IpAddress address = IpAddress.literal(string(from, "address"));
        return switch (kind) {
            case ADDRESS -> new VipRow.Address(name, address);
            case BACKEND -> {
                Protocol protocol =
                        Protocol.parse(string(from, "protocol"))
                                .orElseThrow(
                                        () ->
                                                new IllegalStateException(
                                                        "VIP row without protocol: " + name));
                yield new VipRow.Backend(
                        new VipKey(name, protocol, number(from, "vip_port")),
                        new Endpoint(address, number(from, "port"), protocol),
                        string(from, "owner"),
                        string(from, "agent"),
                        local(from, protocol),
                        BackendState.valueOf(string(from, "state").toUpperCase(Locale.ROOT)),
                        number(from, "weight"),
                        VipOptions.parse(string(from, "options")),
                        Optional.of(string(from, "agent_address"))
                                .filter(text -> !text.isEmpty())
                                .map(IpAddress::literal));
            }
            default -> throw new IllegalStateException("VIP row of unknown kind \"" + kind + "\"");
        };
    }

    /** An endpoint speaks what its VIP speaks. */
    private static Optional<Endpoint> local(Readable from, Protocol protocol) {
        String address = string(from, "local_address");
        return address.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Endpoint(
                                IpAddress.literal(address), number(from, "local_port"), protocol));
    }

    private static Optional<Endpoint> local(VipRow row) {
        return of(row, _ -> Optional.empty(), VipRow.Backend::local);
    }

    private static <T> T of(
            VipRow row, Function<VipRow.Address, T> address, Function<VipRow.Backend, T> backend) {
        return switch (row) {
            case VipRow.Address a -> address.apply(a);
            case VipRow.Backend b -> backend.apply(b);
        };
    }

    private static String string(Readable from, String column) {
        return from.get(column, String.class);
    }

    private static int number(Readable from, String column) {
        return from.get(column, Integer.class);
    }
}
