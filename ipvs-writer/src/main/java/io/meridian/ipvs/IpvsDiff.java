package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.IpvsOperation.AddVirtualServer;
import io.meridian.ipvs.IpvsOperation.RemoveRealServer;
import io.meridian.ipvs.IpvsOperation.RemoveVirtualServer;
import io.meridian.ipvs.IpvsOperation.UpdateRealServer;
import io.meridian.ipvs.IpvsOperation.UpdateVirtualServer;
import io.meridian.ipvs.RouteOperation.AddRoute;
import io.meridian.ipvs.RouteOperation.RaiseInterface;
import io.meridian.ipvs.RouteOperation.RemoveRoute;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Computes the operations that turn {@code observed} into {@code desired}. Laws: applied in order
 * they give exactly the desired state; equal states give no operation; a VIP that serves before and
 * after serves at every point in between (make before break).
 */
public final class IpvsDiff {
    private final List<Operation> build = new ArrayList<>();
    private final List<Operation> admit = new ArrayList<>();
    private final List<Operation> retire = new ArrayList<>();
    private final List<Operation> remove = new ArrayList<>();

    private IpvsDiff() {}

    public static Plan diff(KernelState desired, KernelState observed) {
        IpvsDiff diff = new IpvsDiff();
        if (desired.link() == LinkState.UP && observed.link() != LinkState.UP) {
            diff.build.add(new RaiseInterface());
        }
        diff.tables(desired.table(), observed.table());
        diff.routes(desired, observed);
        return new Plan(diff.build, diff.admit, diff.retire, diff.remove);
    }

    private void tables(IpvsTable desired, IpvsTable observed) {
        for (IpvsTable.Entry wanted : desired.entries()) {
            Optional<IpvsTable.Entry> present = observed.get(wanted.server().endpoint());
            if (present.isEmpty()) {
                create(wanted);
            } else if (!wanted.isSame(present.get())) { // most entries are shared, see DesiredState
                change(wanted, present.get());
            }
        }
        for (IpvsTable.Entry present : observed.entries()) {
            Endpoint server = present.server().endpoint();
            if (desired.get(server).isEmpty()) {
                remove.add(new RemoveVirtualServer(server));
            }
        }
    }

    private void create(IpvsTable.Entry wanted) {
        build.add(new AddVirtualServer(wanted.server()));
        wanted.realServers()
                .forEach(real -> build.add(new AddRealServer(wanted.server().endpoint(), real)));
    }

    private void change(IpvsTable.Entry wanted, IpvsTable.Entry present) {
        Endpoint server = wanted.server().endpoint();
        if (!wanted.server().equals(present.server())) {
            build.add(new UpdateVirtualServer(wanted.server()));
        }
        for (RealServer real : wanted.realServers()) {
            RealServer before = present.real(real.endpoint()).orElse(null);
            if (before == null) {
                build.add(new AddRealServer(server, real));
            } else if (!real.equals(before)) {
                (real.weight() < before.weight() ? retire : build)
                        .add(new UpdateRealServer(server, real));
            }
        }
        for (RealServer real : present.realServers()) {
            if (wanted.real(real.endpoint()).isEmpty()) {
                retire.add(new RemoveRealServer(server, real.endpoint()));
            }
        }
    }

    private void routes(KernelState desired, KernelState observed) {
        for (IpAddress address : desired.routes()) {
            if (!observed.routes().contains(address)) {
                admit.add(new AddRoute(address));
            }
        }
        for (IpAddress address : observed.routes()) {
            if (!desired.routes().contains(address)) {
                retire.add(new RemoveRoute(address));
            }
        }
    }
}
