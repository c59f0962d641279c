package io.meridian.ipvs.netlink;

import static io.meridian.ipvs.netlink.IpvsCodec.CMD_ATTR_DEST;
import static io.meridian.ipvs.netlink.IpvsCodec.CMD_ATTR_SERVICE;
import static io.meridian.ipvs.netlink.IpvsCodec.CMD_ATTR_TIMEOUT_TCP;
import static io.meridian.ipvs.netlink.IpvsCodec.CMD_ATTR_TIMEOUT_TCP_FIN;
import static io.meridian.ipvs.netlink.IpvsCodec.CMD_ATTR_TIMEOUT_UDP;
import static io.meridian.ipvs.netlink.IpvsCodec.DEST_ATTR_ACTIVE_CONNS;
import static io.meridian.ipvs.netlink.IpvsCodec.DEST_ATTR_ADDR;
import static io.meridian.ipvs.netlink.IpvsCodec.DEST_ATTR_ADDR_FAMILY;
import static io.meridian.ipvs.netlink.IpvsCodec.DEST_ATTR_FWD_METHOD;
import static io.meridian.ipvs.netlink.IpvsCodec.DEST_ATTR_INACT_CONNS;
import static io.meridian.ipvs.netlink.IpvsCodec.DEST_ATTR_L_THRESH;
import static io.meridian.ipvs.netlink.IpvsCodec.DEST_ATTR_PERSIST_CONNS;
import static io.meridian.ipvs.netlink.IpvsCodec.DEST_ATTR_PORT;
import static io.meridian.ipvs.netlink.IpvsCodec.DEST_ATTR_STATS;
import static io.meridian.ipvs.netlink.IpvsCodec.DEST_ATTR_STATS64;
import static io.meridian.ipvs.netlink.IpvsCodec.DEST_ATTR_U_THRESH;
import static io.meridian.ipvs.netlink.IpvsCodec.DEST_ATTR_WEIGHT;
import static io.meridian.ipvs.netlink.IpvsCodec.SVC_ATTR_ADDR;
import static io.meridian.ipvs.netlink.IpvsCodec.SVC_ATTR_AF;
import static io.meridian.ipvs.netlink.IpvsCodec.SVC_ATTR_FLAGS;
import static io.meridian.ipvs.netlink.IpvsCodec.SVC_ATTR_FWMARK;
import static io.meridian.ipvs.netlink.IpvsCodec.SVC_ATTR_NETMASK;
import static io.meridian.ipvs.netlink.IpvsCodec.SVC_ATTR_PORT;
import static io.meridian.ipvs.netlink.IpvsCodec.SVC_ATTR_PROTOCOL;
import static io.meridian.ipvs.netlink.IpvsCodec.SVC_ATTR_SCHED_NAME;
import static io.meridian.ipvs.netlink.IpvsCodec.SVC_ATTR_STATS;
import static io.meridian.ipvs.netlink.IpvsCodec.SVC_ATTR_STATS64;
import static io.meridian.ipvs.netlink.IpvsCodec.SVC_ATTR_TIMEOUT;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.ipvs.ConnectionTimeouts;
import io.meridian.ipvs.Forwarding;
import io.meridian.ipvs.RealServer;
import io.meridian.ipvs.Statistics;
import io.meridian.ipvs.Statistics.Counters;
import io.meridian.ipvs.VirtualServer;
import io.meridian.libc.Libc;
import io.meridian.netlink.AttributeReader;
import io.meridian.netlink.GenericNetlink;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** Decodes the kernel's IPVS table: servers and their counters. */
public final class IpvsDump {
    private static final int STATS_ATTR_CONNS = 1;
    private static final int STATS_ATTR_INPKTS = 2;
    private static final int STATS_ATTR_OUTPKTS = 3;
    private static final int STATS_ATTR_INBYTES = 4;
    private static final int STATS_ATTR_OUTBYTES = 5;

    private IpvsDump() {}

    /** A virtual server with its counters. */
    public record CountedService(VirtualServer server, Counters counters) {}

    /** A real server with its counters. */
    public record CountedDest(RealServer server, Statistics.Real counted) {}

    /**
     * Decodes one message of a dump of virtual servers.
     *
     * @param body the payload behind {@code struct nlmsghdr}
     * @return empty for a virtual server without address, port or known protocol, such as by
     *     firewall mark or of SCTP
     */
    public static Optional<CountedService> decodeService(ByteBuffer body) {
        AttributeReader fields = nest(body, CMD_ATTR_SERVICE);
        int af = 0;
        int protocol = 0;
        int port = 0;
        int flags = 0;
        int timeout = 0;
        int netmask = 0;
        int netmaskNetwork = 0;
        byte[] address = new byte[16];
        String scheduler = "";
        Counters counters = Counters.ZERO;
        boolean wide = false;
        while (fields.next()) {
            switch (fields.type()) {
                case SVC_ATTR_AF -> af = fields.u16();
                case SVC_ATTR_PROTOCOL -> protocol = fields.u16();
                case SVC_ATTR_ADDR -> address = fields.bytes();
                case SVC_ATTR_PORT -> port = fields.u16Network();
                case SVC_ATTR_FWMARK -> {
                    return Optional.empty();
                }
                case SVC_ATTR_SCHED_NAME -> scheduler = fields.text();
                case SVC_ATTR_FLAGS -> flags = fields.u32() & ~VirtualServer.HASHED;
                case SVC_ATTR_TIMEOUT -> timeout = Math.max(0, fields.u32());
                case SVC_ATTR_NETMASK -> {
                    netmask = fields.u32();
                    netmaskNetwork = fields.u32Network();
                }
                case SVC_ATTR_STATS ->
                        counters = wide ? counters : counters(fields.nested(), false);
                case SVC_ATTR_STATS64 -> {
                    counters = counters(fields.nested(), true);
                    wide = true;
                }
                default -> {}
            }
        }
        int prefix =
                af == Libc.AF_INET
                        ? Math.clamp(Integer.bitCount(netmaskNetwork), 1, 32)
                        : Math.clamp(netmask, 1, 128);
        if (port == 0 || scheduler.isEmpty()) {
            return Optional.empty();
        }
        IpAddress vip = address(address, af);
        String name = scheduler;
        int given = flags;
        int seconds = timeout;
        int at = port;
        Counters counted = counters;
        return protocol(protocol)
                .map(
                        known ->
                                new CountedService(
                                        new VirtualServer(
                                                new Endpoint(vip, at, known),
                                                name,
                                                given,
                                                seconds,
                                                prefix),
                                        counted));
    }

    /**
     * Decodes one message of a dump of real servers.
     *
     * @param body the payload behind {@code struct nlmsghdr}
     * @param virtualServer of the dump; gives the protocol, and before Linux 3.18 the address
     *     family
     */
    public static Optional<CountedDest> decodeDest(ByteBuffer body, Endpoint virtualServer) {
        AttributeReader fields = nest(body, CMD_ATTR_DEST);
        int af = virtualServer.address().isIpv4() ? Libc.AF_INET : Libc.AF_INET6;
        int port = 0;
        int forwarding = 0;
        int weight = 0;
        int upper = 0;
        int lower = 0;
        long active = 0;
        long inactive = 0;
        long persistent = 0;
        Counters counters = Counters.ZERO;
        boolean wide = false;
        byte[] address = new byte[16];
        while (fields.next()) {
            switch (fields.type()) {
                case DEST_ATTR_ADDR -> address = fields.bytes();
                case DEST_ATTR_PORT -> port = fields.u16Network();
                case DEST_ATTR_FWD_METHOD -> forwarding = fields.u32();
                case DEST_ATTR_WEIGHT -> weight = fields.u32();
                case DEST_ATTR_U_THRESH -> upper = fields.u32();
                case DEST_ATTR_L_THRESH -> lower = fields.u32();
                case DEST_ATTR_ACTIVE_CONNS -> active = fields.u32Unsigned();
                case DEST_ATTR_INACT_CONNS -> inactive = fields.u32Unsigned();
                case DEST_ATTR_PERSIST_CONNS -> persistent = fields.u32Unsigned();
                case DEST_ATTR_ADDR_FAMILY -> af = fields.u16();
                case DEST_ATTR_STATS ->
                        counters = wide ? counters : counters(fields.nested(), false);
                case DEST_ATTR_STATS64 -> {
                    counters = counters(fields.nested(), true);
                    wide = true;
                }
                default -> {}
            }
        }
        if (port == 0) {
            return Optional.empty(); // port 0 stands for every port, which Meridian never sets
        }
        return Optional.of(
                new CountedDest(
                        new RealServer(
                                new Endpoint(address(address, af), port, virtualServer.protocol()),
                                Math.clamp(weight, 0, 65535),
                                Forwarding.of(forwarding),
                                upper,
                                lower),
                        new Statistics.Real(counters, active, inactive, persistent)));
    }

    /**
     * @param wide whether all numbers have 64 bits (since Linux 4.1); else only those of bytes have
     */
    private static Counters counters(AttributeReader fields, boolean wide) {
        long connections = 0;
        long packetsIn = 0;
        long packetsOut = 0;
        long bytesIn = 0;
        long bytesOut = 0;
        while (fields.next()) {
            switch (fields.type()) {
                case STATS_ATTR_CONNS -> connections = number(fields, wide);
                case STATS_ATTR_INPKTS -> packetsIn = number(fields, wide);
                case STATS_ATTR_OUTPKTS -> packetsOut = number(fields, wide);
                case STATS_ATTR_INBYTES -> bytesIn = fields.u64();
                case STATS_ATTR_OUTBYTES -> bytesOut = fields.u64();
                default -> {} // rates, and padding
            }
        }
        return new Counters(connections, packetsIn, packetsOut, bytesIn, bytesOut);
    }

    private static long number(AttributeReader fields, boolean wide) {
        return wide ? fields.u64() : fields.u32Unsigned();
    }

    private static AttributeReader nest(ByteBuffer body, int type) {
        AttributeReader attributes =
                new AttributeReader(body.position(body.position() + GenericNetlink.HEADER));
        while (attributes.next()) {
            if (attributes.type() == type) {
                return attributes.nested();
            }
        }
        return new AttributeReader(ByteBuffer.allocate(0));
    }

    private static Optional<Protocol> protocol(int number) {
        return Arrays.stream(Protocol.values()).filter(each -> each.number() == number).findFirst();
    }

    private static IpAddress address(byte[] bytes, int family) {
        return IpAddress.of(
                family == Libc.AF_INET ? Arrays.copyOf(bytes, 4) : Arrays.copyOf(bytes, 16));
    }

    /**
     * Decodes the reply to a request for timeouts.
     *
     * @param body the payload behind {@code struct nlmsghdr}
     */
    public static ConnectionTimeouts decodeTimeouts(ByteBuffer body) {
        AttributeReader fields =
                new AttributeReader(body.position(body.position() + GenericNetlink.HEADER));
        int tcp = 0;
        int tcpFin = 0;
        int udp = 0;
        while (fields.next()) {
            switch (fields.type()) {
                case CMD_ATTR_TIMEOUT_TCP -> tcp = fields.u32();
                case CMD_ATTR_TIMEOUT_TCP_FIN -> tcpFin = fields.u32();
                case CMD_ATTR_TIMEOUT_UDP -> udp = fields.u32();
                default -> {}
            }
        }
        return new ConnectionTimeouts(
                Duration.ofSeconds(tcp), Duration.ofSeconds(tcpFin), Duration.ofSeconds(udp));
    }
}
