package io.meridian.dns;

import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.answer.Zone;
import io.meridian.dns.answer.ZoneProfile;
import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.L4lbZone;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import java.util.List;
import java.util.Optional;

/** Makes images from zone-file text. */
public final class Zones {
    public static final long TTL = 60;
    public static final long REVISION = 7;

    private Zones() {}

    private static final List<String> OTHERS =
            List.of("dcos.thisdcos.directory", "in-addr.arpa", "ip6.arpa");

    /**
     * Rows of the zone table from lines {@code name type data}; skips blank lines. Names in no
     * other zone of the table belong to zone mesos.
     */
    public static List<Change<ZoneRow>> rows(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(
                        line -> {
                            String[] parts = line.split(" +", 3);
                            return Change.add(
                                    new ZoneRow(
                                            OTHERS.stream()
                                                    .filter(o -> ZoneImage.inZone(parts[0], o))
                                                    .findFirst()
                                                    .orElse("mesos"),
                                            parts[0],
                                            RecordType.valueOf(parts[1]),
                                            parts[2],
                                            "/t"));
                        })
                .toList();
    }

    /** VIP rows from lines {@code name address backend}. */
    public static List<Change<VipRow>> vips(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(line -> line.split(" +"))
                .<VipRow>mapMulti(
                        (parts, out) -> {
                            out.accept(new VipRow.Address(parts[0], IpAddress.literal(parts[1])));
                            out.accept(
                                    new VipRow.Backend(
                                            new VipKey(parts[0], Protocol.TCP, 80),
                                            new Endpoint(
                                                    IpAddress.literal(parts[2]),
                                                    8080,
                                                    Protocol.TCP),
                                            "/t t1",
                                            "a1",
                                            Optional.empty(),
                                            BackendState.SERVING,
                                            1));
                        })
                .map(Change::add)
                .toList();
    }

    /** Both zones, complete, at revision {@value #REVISION}; the server's address is 192.0.2.53. */
    public static DnsImage image(String mesos, String vips) {
        ZoneProfile profile =
                ZoneProfile.mesos("mesos", TTL, List.of(IpAddress.literal("192.0.2.53")));
        List<Change<ZoneRow>> rows = rows(mesos);
        Zone tasks = Zone.awaited(profile).update(rows, ZoneImage.EMPTY.apply(rows), REVISION);
        L4lbZone.Step step = L4lbZone.EMPTY.apply(vips(vips));
        Zone l4lb =
                Zone.awaited(ZoneProfile.l4lb())
                        .update(step.changes(), step.next().zone(), REVISION);
        return new DnsImage(List.of(tasks, l4lb));
    }
}
