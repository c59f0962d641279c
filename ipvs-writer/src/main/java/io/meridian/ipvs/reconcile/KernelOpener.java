package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.ConnectionTimeouts;
import io.meridian.ipvs.LinkState;
import io.meridian.ipvs.host.HostSetup;
import io.meridian.ipvs.netlink.IpvsCodec;
import io.meridian.libc.Errno;
import io.meridian.netlink.GenericNetlink;
import io.meridian.netlink.NetlinkException;
import io.meridian.netlink.NetlinkSocket;
import io.meridian.netlink.Refusal;
import io.meridian.netlink.Reply;
import io.meridian.netlink.RouteCodec;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Opens kernels by netlink, and sets up the host or container around them. Calls block for seconds;
 * sockets belong to the network namespace of the calling thread.
 */
final class KernelOpener {
    /** Exists while module ip_vs is loaded. */
    private static final Path TABLE = Path.of("/proc/net/ip_vs");

    private static final Logger LOG = LoggerFactory.getLogger(KernelOpener.class);

    private KernelOpener() {}

    /**
     * Opens this host's kernel and sets the host up as the settings allow. Never fails: without
     * IPVS the result is an {@link UnavailableKernel}.
     */
    static Kernel open(IpvsSettings settings) {
        HostSetup host = HostSetup.of(settings.host());
        List<String> warnings = host.loadModules();
        return openHost(
                settings,
                (generic, codec) -> {
                    warnings.addAll(setUp(settings, host, false, generic, codec));
                    return warnings;
                });
    }

    /**
     * Opens this host's kernel for reading: changes no setting and loads no module. Never fails, as
     * {@link #open}.
     */
    static Kernel inspect(IpvsSettings settings) {
        if (!Files.exists(TABLE)) {
            return new UnavailableKernel("IPVS is not loaded: there is no " + TABLE);
        }
        return openHost(settings, (_, _) -> List.of());
    }

    /**
     * Opens the kernel of a container's network namespace, in which the calling thread is.
     *
     * @throws NetlinkException if the namespace cannot be programmed yet; ENODEV while the
     *     interface is missing, which the container's set-up creates
     */
    static Kernel openInContainer(IpvsSettings settings) throws NetlinkException {
        HostSetup host = HostSetup.of(settings.host());
        NetlinkKernel kernel =
                open(
                        settings,
                        RouteCodec.Kind.UNICAST,
                        (generic, codec) -> setUp(settings, host, true, generic, codec));
        try {
            if (kernel.linkState() == LinkState.ABSENT) {
                throw new NetlinkException(
                        "cannot find interface " + settings.interfaceName(),
                        Refusal.of(Errno.ENODEV));
            }
            return kernel;
        } catch (NetlinkException e) {
            kernel.close();
            throw e;
        }
    }

    /** Sets up what the kernel needs and returns warnings about what failed. */
    private interface SetUp {
        List<String> apply(NetlinkSocket generic, IpvsCodec codec);
    }

    private static Kernel openHost(IpvsSettings settings, SetUp setUp) {
        try {
            return open(settings, RouteCodec.Kind.LOCAL, setUp);
        } catch (NetlinkException e) {
            return new UnavailableKernel(reason(e));
        } catch (UnsatisfiedLinkError | IllegalCallerException e) {
            return new UnavailableKernel(
                    "IPVS is not available: cannot call libc: " + e.getMessage());
        }
    }

    private static NetlinkKernel open(IpvsSettings settings, RouteCodec.Kind kind, SetUp setUp)
            throws NetlinkException {
        NetlinkSocket generic = NetlinkSocket.generic(settings.receiveBufferBytes());
        try {
            IpvsCodec codec = new IpvsCodec(GenericNetlink.family(generic, IpvsCodec.FAMILY));
            requirePermission(generic, codec);
            NetlinkSocket route = NetlinkSocket.route(settings.receiveBufferBytes());
            return new NetlinkKernel(
                    generic,
                    codec,
                    new VipRoutes(settings.interfaceName(), kind, settings.ownership(), route),
                    setUp.apply(generic, codec));
        } catch (NetlinkException e) {
            generic.close();
            throw e;
        }
    }

    private static List<String> setUp(
            IpvsSettings settings,
            HostSetup host,
            boolean container,
            NetlinkSocket generic,
            IpvsCodec codec) {
        HostSetup.Report report = host.applySysctls(container);
        report.changes().forEach(change -> LOG.info("kernel setting changed: {}", change));
        List<String> warnings = new ArrayList<>(report.warnings());
        setTimeouts(generic, codec, settings.timeouts()).ifPresent(warnings::add);
        return warnings;
    }

    private static Optional<String> setTimeouts(
            NetlinkSocket generic, IpvsCodec codec, ConnectionTimeouts timeouts) {
        if (timeouts.equals(ConnectionTimeouts.UNTOUCHED)) {
            return Optional.empty();
        }
        String why;
        try {
            why =
                    switch (generic.execute(List.of(codec.setTimeouts(timeouts))).getFirst()) {
                        case Reply.Accepted _ -> "";
                        case Reply.Refused refused -> "kernel said " + refused.refusal();
                        case Reply.Lost lost -> lost.reason();
                    };
        } catch (NetlinkException e) {
            why = e.getMessage();
        }
        return why.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "cannot set IPVS timeouts: "
                                + why
                                + "; the kernel's defaults stay in force");
    }

    /** Reads the table once: reading needs CAP_NET_ADMIN, as writing does. */
    private static void requirePermission(NetlinkSocket generic, IpvsCodec codec)
            throws NetlinkException {
        generic.dump("cannot read the IPVS table", codec.dumpServices(), () -> {}, body -> {});
    }

    private static String reason(NetlinkException e) {
        Errno errno = e.refusal().errno();
        if (errno == Errno.ENOENT) {
            return "IPVS is not available: genetlink has no family IPVS (ENOENT, 2); load module"
                    + " ip_vs or set meridian.dataplane.kind=dry-run";
        }
        if (errno == Errno.EPERM) {
            return "IPVS is not available: "
                    + e.getMessage()
                    + "; run as root or with CAP_NET_ADMIN"
                    + " or set meridian.dataplane.kind=dry-run";
        }
        return "IPVS is not available: " + e.getMessage();
    }
}
