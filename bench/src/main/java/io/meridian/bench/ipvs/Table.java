package io.meridian.bench.ipvs;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;
import io.meridian.ipvs.DesiredState;
import io.meridian.ipvs.IpvsTable;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.NodeView;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The VIPs that every measured program writes, in the form of each program.
 *
 * @param virtual number of virtual servers, each at an address of its own
 * @param real number of real servers behind each
 */
record Table(int virtual, int real) {
    static final NodeView NODE = NodeView.at(IpAddress.literal("10.255.0.1"));

    /** The table as an image; with {@code changed}, one backend of the first VIP is replaced. */
    VipImage image(boolean changed) {
        List<Change<VipRow>> rows = new ArrayList<>();
        for (int i = 0; i < virtual; i++) {
            String name = "s" + i + ".marathon";
            rows.add(
                    Change.add(
                            new VipRow.Address(
                                    name,
                                    IpAddress.literal("11.1." + (i >> 8) + "." + (i & 255)))));
            for (int j = 1; j <= real; j++) {
                int last = changed && i == 0 && j == real ? 200 : j;
                IpAddress at = IpAddress.literal("10." + last + "." + (i >> 8) + "." + (i & 255));
                rows.add(
                        Change.add(
                                new VipRow.Backend(
                                        new VipKey(name, Protocol.TCP, 80),
                                        new Endpoint(at, 8080, Protocol.TCP),
                                        "t" + i + "-" + last,
                                        at.toString(),
                                        Optional.empty(),
                                        BackendState.SERVING,
                                        1)));
            }
        }
        return VipImage.EMPTY.apply(rows);
    }

    /** Returns the image after the delta that replaces that backend, or restores it. */
    VipImage with(VipImage image, boolean changed) {
        Set<VipRow> before = new HashSet<>(image.rows());
        Set<VipRow> after = new HashSet<>(image(changed).rows());
        List<Change<VipRow>> changes = new ArrayList<>();
        before.stream()
                .filter(row -> !after.contains(row))
                .forEach(row -> changes.add(Change.remove(row)));
        after.stream()
                .filter(row -> !before.contains(row))
                .forEach(row -> changes.add(Change.add(row)));
        return image.apply(changes);
    }

    KernelState state() {
        return DesiredState.of(image(false), NODE);
    }

    /** Input of {@code ipvsadm -R}. */
    String ipvsadm() {
        StringBuilder rules = new StringBuilder();
        for (IpvsTable.Entry entry : state().table().entries()) {
            String server = text(entry.server().endpoint());
            rules.append("-A -t ").append(server).append(" -s wlc\n");
            entry.realServers()
                    .forEach(
                            to ->
                                    rules.append("-a -t ")
                                            .append(server)
                                            .append(" -r ")
                                            .append(text(to.endpoint()))
                                            .append(" -m -w 1\n"));
        }
        return rules.toString();
    }

    /** The configuration of keepalived without health checks: every real server counts as alive. */
    String keepalived(boolean changed) {
        StringBuilder file = new StringBuilder("global_defs {\n  router_id bench\n}\n");
        for (IpvsTable.Entry entry : DesiredState.of(image(changed), NODE).table().entries()) {
            Endpoint server = entry.server().endpoint();
            file.append("virtual_server ")
                    .append(server.address())
                    .append(" 80 {\n  lvs_sched wlc\n  lvs_method NAT\n  protocol TCP\n");
            entry.realServers()
                    .forEach(
                            to ->
                                    file.append("  real_server ")
                                            .append(to.endpoint().address())
                                            .append(" 8080 {\n    weight 1\n  }\n"));
            file.append("}\n");
        }
        return file.toString();
    }

    static String text(Endpoint endpoint) {
        return endpoint.address() + ":" + endpoint.port();
    }
}
