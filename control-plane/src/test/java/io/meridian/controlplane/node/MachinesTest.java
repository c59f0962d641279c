package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.Vip;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

class MachinesTest {
    private static final Machines MACHINES =
            new Machines(new TreeMap<>(Map.of(ip("10.9.0.1"), "the database")), "mesos");

    /** IP VIPs at 10.9.0.1 to 10.9.0.8, all of the task at 10.9.0.2 on the agent at 10.9.0.3. */
    private static final VipImage VIPS =
            VipImage.EMPTY.apply(
                    Stream.of(1, 2, 3, 4, 5, 6, 7, 8, 9)
                            .map(i -> Change.<VipRow>add(backend("10.9.0." + i)))
                            .toList());

    private static final ZoneImage ZONES =
            ZoneImage.EMPTY.apply(
                    List.of(
                            record("in-addr.arpa", "4.0.9.10.in-addr.arpa", RecordType.PTR, "a.b."),
                            record("mesos", "slave.mesos", RecordType.A, "10.9.0.5"),
                            record("mesos", "master.mesos", RecordType.A, "10.9.0.6"),
                            record("mesos", "web.marathon.mesos", RecordType.A, "10.9.0.9")));

    @Test
    void anIpVipAtTheAddressOfAnyKnownMachineIsFound() {
        assertThat(among(VIPS))
                .isEqualTo(
                        new TreeMap<>(
                                Map.of(
                                        ip("10.9.0.1"), "the database",
                                        ip("10.9.0.2"), "a task's machine (marathon:/web t1)",
                                        ip("10.9.0.3"), "a task's machine (marathon:/web t1)",
                                        ip("10.9.0.4"), "a Mesos agent or container",
                                        ip("10.9.0.5"), "a Mesos agent",
                                        ip("10.9.0.6"), "a Mesos master",
                                        ip("10.9.0.7"), "a node of the cluster",
                                        ip("10.9.0.8"), "this node")));
        assertThat(among(VipImage.EMPTY)).isEmpty();
    }

    @Test
    void noVipIsCreatedAtSuchAnAddressAndTheReasonIsSaid() {
        Reachability reachability = Reachability.ALL.with(among(VIPS));

        assertThat(VIPS.vips(reachability))
                .extracting(Vip::key)
                .extracting(VipKey::toString)
                .containsExactly("10.9.0.9:80/tcp");
        assertThat(VIPS.refused(reachability))
                .hasSize(8)
                .containsEntry(
                        new VipKey("10.9.0.7", Protocol.TCP, 80),
                        "VIP 10.9.0.7:80/tcp has the address of a node of the cluster, from which"
                                + " it would take all traffic; this VIP is not created, others"
                                + " are");
    }

    private static SortedMap<IpAddress, String> among(VipImage vips) {
        return MACHINES.among(
                vips, ZONES, () -> Set.of(ip("10.9.0.7")), () -> Set.of(ip("10.9.0.8")));
    }

    private static VipRow backend(String vip) {
        return new VipRow.Backend(
                new VipKey(vip, Protocol.TCP, 80),
                new Endpoint(ip("10.9.0.2"), 80, Protocol.TCP),
                "marathon:/web t1",
                "a-S1",
                Optional.empty(),
                BackendState.SERVING,
                1,
                io.meridian.domain.service.VipOptions.NONE,
                Optional.of(ip("10.9.0.3")));
    }

    private static Change<ZoneRow> record(String zone, String name, RecordType type, String data) {
        return Change.add(new ZoneRow(zone, name, type, data, "o 1"));
    }

    private static IpAddress ip(String text) {
        return IpAddress.literal(text);
    }
}
