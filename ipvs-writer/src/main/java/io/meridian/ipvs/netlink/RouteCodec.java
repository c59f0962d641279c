package io.meridian.ipvs.netlink;

import io.meridian.domain.net.IpAddress;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Routes by which packets for an address come to IPVS, one host route in table local for each:
 * {@code struct rtmsg}, linux/rtnetlink.h.
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

    /** Routing tables that VIPs stand in. */
    public enum Table {
        /** RT_TABLE_LOCAL: asked first. */
        LOCAL(255),
        /** RT_TABLE_MAIN. */
        MAIN(254);

        private final int number;

        Table(int number) {
            this.number = number;
        }
    }

    /** What the namespace does with packets to a VIP before IPVS sees them. */
    public enum Kind {
        /** It takes them in, from others and from itself: for a host. */
        TAKEN_IN(RTN_LOCAL, RT_SCOPE_HOST),
        /**
         * It sends its own out, with a source address of its own as for any other host: for a
         * container, where no rule masquerades.
         */
        SENT_OUT(RTN_UNICAST, RT_SCOPE_LINK);

        private final int type;
        private final int scope;

        Kind(int type, int scope) {
            this.type = type;
            this.scope = scope;
        }

        /** IPv6 picks a source address of the namespace's own in either case. */
        private int type(IpAddress address) {
            return address.isIpv4() ? type : RTN_LOCAL;
        }
    }

    /**
     * A host route that the kernel has not made by itself.
     *
     * @param type RTN_*, linux/rtnetlink.h
     * @param protocol who made it: RTPROT_*
     * @param link index of the interface
     */
    public record Route(IpAddress address, Table table, int type, int protocol, int link) {
        /** Whether it is of the kind that {@link RouteCodec#add} makes. */
        public boolean is(Kind kind) {
            return table == Table.LOCAL && type == kind.type(address);
        }

        /** Whether it sends packets out. */
        public boolean isUnicast() {
            return type == RTN_UNICAST;
        }
    }

    /**
     * @param link index of the interface
     */
    public static Request add(IpAddress address, Kind kind, int link) {
        int scope = address.isIpv4() ? kind.scope : RT_SCOPE_UNIVERSE;
        return new Request(
                RTM_NEWROUTE,
                Nl.CREATE | Nl.EXCL,
                writer -> {
                    header(writer, address, Table.LOCAL, RTPROT_BOOT, scope, kind.type(address));
                    writer.attribute(RTA_DST, address);
                    writer.attributeU32(RTA_OIF, link);
                });
    }

    /**
     * Whoever put it on our interface, it must go: any protocol, any scope.
     *
     * @param link index of our interface
     */
    public static Request remove(IpAddress address, Kind kind, int link) {
        return remove(new Route(address, Table.LOCAL, kind.type(address), 0, link));
    }

    /** Takes away that very route. */
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

    /** Asks for a table of one family. */
    public static Request dump(boolean ipv4, Table table) {
        return new Request(
                RTM_GETROUTE,
                0,
                writer -> header(writer, ipv4, 0, table, 0, RT_SCOPE_UNIVERSE, RTN_UNSPEC));
    }

    /**
     * Reads one message of a dump.
     *
     * @param body the part behind {@code struct nlmsghdr}
     * @param table that was asked for; an old kernel lists all
     */
    public static Optional<Route> decode(ByteBuffer body, Table table) {
        int start = body.position();
        int family = body.get(start);
        int length = Byte.toUnsignedInt(body.get(start + 1));
        boolean host =
                family == Nl.AF_INET && length == 32 || family == Nl.AF_INET6 && length == 128;
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

    /** family, destination length, source length, tos, table, protocol, scope, type, flags. */
    private static void header(
            MessageWriter writer,
            boolean ipv4,
            int length,
            Table table,
            int protocol,
            int scope,
            int type) {
        writer.u8(ipv4 ? Nl.AF_INET : Nl.AF_INET6).u8(length).u8(0).u8(0);
        writer.u8(table.number).u8(protocol).u8(scope).u8(type).u32(0);
    }
}
