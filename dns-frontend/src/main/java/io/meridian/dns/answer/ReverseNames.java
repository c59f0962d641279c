package io.meridian.dns.answer;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRow;

import java.util.HexFormat;
import java.util.List;

/** Names of addresses (RFC 1035 3.5, RFC 3596 2.5). */
public final class ReverseNames {
    public static final String IPV4 = "in-addr.arpa";
    public static final String IPV6 = "ip6.arpa";

    private ReverseNames() {}

    /** Such as {@code 7.2.0.192.in-addr.arpa}, without trailing dot. */
    public static String name(IpAddress address) {
        StringBuilder name = new StringBuilder(72);
        byte[] bytes = address.bytes();
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (address.isIpv4()) {
                name.append(bytes[i] & 0xff).append('.');
            } else {
                name.append(HexFormat.of().toLowHexDigit(bytes[i])).append('.');
                name.append(HexFormat.of().toHighHexDigit(bytes[i])).append('.');
            }
        }
        return name.append(zone(address)).toString();
    }

    /** The changes of the addresses' names that follow from changes of names' addresses. */
    public static List<Change<ZoneRow>> of(List<Change<ZoneRow>> changes) {
        return changes.stream()
                .map(change -> new Change<>(change.added(), of(change.row())))
                .toList();
    }

    private static ZoneRow of(ZoneRow row) {
        IpAddress address = IpAddress.literal(row.data());
        return new ZoneRow(
                zone(address), name(address), RecordType.PTR, row.name() + ".", row.owner());
    }

    private static String zone(IpAddress address) {
        return address.isIpv4() ? IPV4 : IPV6;
    }
}
