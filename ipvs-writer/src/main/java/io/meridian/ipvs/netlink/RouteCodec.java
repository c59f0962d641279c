package io.meridian.ipvs.netlink;

import io.meridian.domain.net.IpAddress;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Routes that make a host take packets in for an address: {@code local ADDRESS dev NAME table
 * local}. One host route does for both families. {@code struct rtmsg}, linux/rtnetlink.h.
 */
public final class RouteCodec {
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_DELROUTE = 25;
    private static final int RTM_GETROUTE = 26;
    private static final int HEADER = 12; // sizeof(struct rtmsg)
    private static final int RT_TABLE_LOCAL = 255;
    private static final int RTPROT_KERNEL = 2;
    private static final int RTPROT_BOOT = 3;
    private static final int RT_SCOPE_UNIVERSE = 0;
    private static final int RT_SCOPE_HOST = 254;
    private static final int RT_SCOPE_NOWHERE = 255;
    private static final int RTN_UNSPEC = 0;
    private static final int RTN_LOCAL = 2;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;

    private RouteCodec() {}

    /**
     * A host route of type local that the kernel has not made by itself.
     *
     * @param link index of its interface
     */
    public record Route(IpAddress address, int link) {}

    /**
     * @param link index of the interface
     */
    public static Request add(IpAddress address, int link) {
        int scope = address.isIpv4() ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
        return new Request(
                RTM_NEWROUTE,
                Nl.CREATE | Nl.EXCL,
                writer -> route(writer, address, link, RTPROT_BOOT, scope));
    }

    public static Request remove(IpAddress address, int link) {
        // Protocol 0 and scope "nowhere" match any: whoever put it there, it must go.
        return new Request(
                RTM_DELROUTE, 0, writer -> route(writer, address, link, 0, RT_SCOPE_NOWHERE));
    }

    /** Asks for the local table of one family. */
    public static Request dump(boolean ipv4) {
        return new Request(
                RTM_GETROUTE,
                0,
                writer -> header(writer, ipv4, 0, RTN_UNSPEC, 0, RT_SCOPE_UNIVERSE));
    }

    /**
     * Reads one message of a dump.
     *
     * @param body the part behind {@code struct nlmsghdr}
     * @return empty for routes of other kinds
     */
    public static Optional<Route> decode(ByteBuffer body) {
        int start = body.position();
        int family = body.get(start);
        int length = Byte.toUnsignedInt(body.get(start + 1));
        boolean host =
                family == Nl.AF_INET && length == 32 || family == Nl.AF_INET6 && length == 128;
        if (!host || body.get(start + 7) != RTN_LOCAL || body.get(start + 5) == RTPROT_KERNEL) {
            return Optional.empty();
        }
        AttributeReader attributes = new AttributeReader(body.position(start + HEADER));
        Optional<IpAddress> address = Optional.empty();
        int interfaceIndex = 0;
        while (attributes.next()) {
            switch (attributes.type()) {
                case RTA_DST -> address = Optional.of(IpAddress.of(attributes.bytes()));
                case RTA_OIF -> interfaceIndex = attributes.u32();
                default -> {}
            }
        }
        int link = interfaceIndex;
        return address.map(found -> new Route(found, link));
    }

    private static void route(
            MessageWriter writer, IpAddress address, int link, int protocol, int scope) {
        header(writer, address.isIpv4(), address.isIpv4() ? 32 : 128, RTN_LOCAL, protocol, scope);
        writer.attribute(RTA_DST, address.bytes());
        writer.attributeU32(RTA_OIF, link);
    }

    /** family, destination length, source length, tos, table, protocol, scope, type, flags. */
    private static void header(
            MessageWriter writer, boolean ipv4, int length, int type, int protocol, int scope) {
        writer.u8(ipv4 ? Nl.AF_INET : Nl.AF_INET6).u8(length).u8(0).u8(0);
        writer.u8(RT_TABLE_LOCAL).u8(protocol).u8(scope).u8(type).u32(0);
    }
}
