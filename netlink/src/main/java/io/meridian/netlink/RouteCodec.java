package io.meridian.netlink;

import io.meridian.domain.net.IpAddress;
import io.meridian.libc.Libc;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Encodes and decodes host routes (/32, /128) over rtnetlink: {@code struct rtmsg},
 * linux/rtnetlink.h.
 */
public final class RouteCodec {
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_DELROUTE = 25;
    private static final int RTM_GETROUTE = 26;
    private static final int HEADER = 12; // sizeof(struct rtmsg)
    private static final int RTPROT_KERNEL = 2;
    private static final int RTPROT_BOOT = 3;
    private static final int RT_SCOPE_UNIVERSE = 0;
    private static final int RT_SCOPE_LINK = 253;
    private static final int RT_SCOPE_HOST = 254;
    private static final int RT_SCOPE_NOWHERE = 255;
    private static final int RTN_UNSPEC = 0;
    private static final int RTN_UNICAST = 1;
    private static final int RTN_LOCAL = 2;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;

    private RouteCodec() {}

    /** Routing tables of Linux. */
    public enum Table {
        /** RT_TABLE_LOCAL, which the kernel looks up first. */
        LOCAL(255),
        /** RT_TABLE_MAIN. */
        MAIN(254);

        private final int number;

        Table(int number) {
            this.number = number;
        }
    }

    /** How the namespace routes packets to the address. */
    public enum Kind {
        /** Local delivery of packets from the namespace and from other hosts; scope host. */
        LOCAL(RTN_LOCAL, RT_SCOPE_HOST),
        /**
         * Unicast out of the interface, scope link: the kernel selects a source address of the
         * namespace, so packets need no masquerading. For IPv6 the same as {@link #LOCAL}, because
         * IPv6 source selection does so in either case.
         */
        UNICAST(RTN_UNICAST, RT_SCOPE_LINK);

        private final int type;
        private final int scope;

        Kind(int type, int scope) {
            this.type = type;
            this.scope = scope;
        }

        private int type(IpAddress address) {
            return address.isIpv4() ? type : RTN_LOCAL;
        }
    }

    /**
     * A host route that a program or an operator added, not the kernel.
     *
     * @param type RTN_*, linux/rtnetlink.h
     * @param protocol RTPROT_*: the program that added the route
     * @param link index of the interface
     */
    public record Route(IpAddress address, Table table, int type, int protocol, int link) {
        /** Whether {@link RouteCodec#add} adds routes of this table and type for the kind. */
        public boolean is(Kind kind) {
            return table == Table.LOCAL && type == kind.type(address);
        }

        /** Whether the route is of type RTN_UNICAST. */
        public boolean isUnicast() {
            return type == RTN_UNICAST;
        }
    }

    /**
     * Adds a host route to table local; the kernel refuses with EEXIST if it is there.
     *
     * @param link index of the interface
     */
    public static Request add(IpAddress address, Kind kind, int link) {
        int scope = address.isIpv4() ? kind.scope : RT_SCOPE_UNIVERSE;
        return new Request(
                RTM_NEWROUTE,
                Netlink.CREATE | Netlink.EXCL,
                writer -> {
                    header(writer, address, Table.LOCAL, RTPROT_BOOT, scope, kind.type(address));
                    writer.attribute(RTA_DST, address);
                    writer.attributeU32(RTA_OIF, link);
                });
    }

    /**
     * Removes a host route from table local, whatever its protocol and scope.
     *
     * @param link index of the interface
     */
    public static Request remove(IpAddress address, Kind kind, int link) {
        return remove(new Route(address, Table.LOCAL, kind.type(address), 0, link));
    }

    /** Removes exactly this route. */
    public static Request remove(Route route) {
        return new Request(
                RTM_DELROUTE,
                0,
                writer -> {
                    header(
                            writer,
                            route.address(),
                            route.table(),
                            route.protocol(),
                            RT_SCOPE_NOWHERE,
                            route.type());
                    writer.attribute(RTA_DST, route.address());
                    writer.attributeU32(RTA_OIF, route.link());
                });
    }

    /** Requests the routes of one table and address family. */
    public static Request dump(boolean ipv4, Table table) {
        return new Request(
                RTM_GETROUTE,
                0,
                writer -> header(writer, ipv4, 0, table, 0, RT_SCOPE_UNIVERSE, RTN_UNSPEC));
    }

    /**
     * Decodes one message of a dump.
     *
     * @param body the payload behind {@code struct nlmsghdr}
     * @param table the requested table; kernels before 4.20 dump all tables
     * @return empty if the route is of another table, no host route, or added by the kernel
     */
    public static Optional<Route> decode(ByteBuffer body, Table table) {
        int start = body.position();
        int family = body.get(start);
        int length = Byte.toUnsignedInt(body.get(start + 1));
        boolean host =
                family == Libc.AF_INET && length == 32 || family == Libc.AF_INET6 && length == 128;
        if (!host
                || Byte.toUnsignedInt(body.get(start + 4)) != table.number
                || body.get(start + 5) == RTPROT_KERNEL) {
            return Optional.empty();
        }
        int protocol = Byte.toUnsignedInt(body.get(start + 5));
        int type = body.get(start + 7);
        AttributeReader attributes = new AttributeReader(body.position(start + HEADER));
        Optional<IpAddress> address = Optional.empty();
        int link = 0;
        while (attributes.next()) {
            switch (attributes.type()) {
                case RTA_DST -> address = Optional.of(IpAddress.of(attributes.bytes()));
                case RTA_OIF -> link = attributes.u32();
                default -> {}
            }
        }
        int on = link;
        return address.map(to -> new Route(to, table, type, protocol, on));
    }

    private static void header(
            MessageWriter writer,
            IpAddress address,
            Table table,
            int protocol,
            int scope,
            int type) {
        boolean ipv4 = address.isIpv4();
        header(writer, ipv4, ipv4 ? 32 : 128, table, protocol, scope, type);
    }

    /**
     * Fields: family, destination length, source length, tos, table, protocol, scope, type, flags.
     */
    private static void header(
            MessageWriter writer,
            boolean ipv4,
            int length,
            Table table,
            int protocol,
            int scope,
            int type) {
        writer.u8(ipv4 ? Libc.AF_INET : Libc.AF_INET6).u8(length).u8(0).u8(0);
        writer.u8(table.number).u8(protocol).u8(scope).u8(type).u32(0);
    }
}
