package io.meridian.ipvs.netlink;

import io.meridian.domain.net.Endpoint;
import io.meridian.ipvs.ConnectionTimeouts;
import io.meridian.ipvs.IpvsOperation;
import io.meridian.ipvs.RealServer;
import io.meridian.ipvs.VirtualServer;
import io.meridian.libc.Libc;
import io.meridian.netlink.GenericNetlink;
import io.meridian.netlink.MessageWriter;
import io.meridian.netlink.Netlink;
import io.meridian.netlink.NetlinkSocket;
import io.meridian.netlink.Request;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Encodes operations and requests of generic netlink's IPVS family, linux/ip_vs.h. {@link IpvsDump}
 * decodes replies.
 *
 * <p>Addresses have 16 bytes, an IPv4 address in the first four. Addresses and ports are in network
 * order, all other numbers in native order.
 */
public final class IpvsCodec {
    /** IPVS_GENL_NAME. */
    public static final String FAMILY = "IPVS";

    private static final int GENL_VERSION = 1; // IPVS_GENL_VERSION

    private static final int CMD_NEW_SERVICE = 1;
    private static final int CMD_SET_SERVICE = 2;
    private static final int CMD_DEL_SERVICE = 3;
    private static final int CMD_GET_SERVICE = 4;
    private static final int CMD_NEW_DEST = 5;
    private static final int CMD_SET_DEST = 6;
    private static final int CMD_DEL_DEST = 7;
    private static final int CMD_GET_DEST = 8;
    private static final int CMD_SET_CONFIG = 12;
    private static final int CMD_GET_CONFIG = 13;

    private static final int ADDRESS = 16; // sizeof(union nf_inet_addr)

    static final int CMD_ATTR_SERVICE = 1;
    static final int CMD_ATTR_DEST = 2;
    static final int CMD_ATTR_TIMEOUT_TCP = 4;
    static final int CMD_ATTR_TIMEOUT_TCP_FIN = 5;
    static final int CMD_ATTR_TIMEOUT_UDP = 6;

    static final int SVC_ATTR_AF = 1;
    static final int SVC_ATTR_PROTOCOL = 2;
    static final int SVC_ATTR_ADDR = 3;
    static final int SVC_ATTR_PORT = 4;
    static final int SVC_ATTR_FWMARK = 5;
    static final int SVC_ATTR_SCHED_NAME = 6;
    static final int SVC_ATTR_FLAGS = 7;
    static final int SVC_ATTR_TIMEOUT = 8;
    static final int SVC_ATTR_NETMASK = 9;
    static final int SVC_ATTR_STATS = 10;
    static final int SVC_ATTR_STATS64 = 12;

    static final int DEST_ATTR_ADDR = 1;
    static final int DEST_ATTR_PORT = 2;
    static final int DEST_ATTR_FWD_METHOD = 3;
    static final int DEST_ATTR_WEIGHT = 4;
    static final int DEST_ATTR_U_THRESH = 5;
    static final int DEST_ATTR_L_THRESH = 6;
    static final int DEST_ATTR_ACTIVE_CONNS = 7;
    static final int DEST_ATTR_INACT_CONNS = 8;
    static final int DEST_ATTR_PERSIST_CONNS = 9;
    static final int DEST_ATTR_STATS = 10;
    static final int DEST_ATTR_ADDR_FAMILY = 11;
    static final int DEST_ATTR_STATS64 = 12;

    private final int family;

    /**
     * A codec for this kernel.
     *
     * @param family message type that the kernel assigned to the family, see {@link
     *     GenericNetlink#family}
     */
    public IpvsCodec(int family) {
        this.family = family;
    }

    /** Appends the message of an operation; a {@link NetlinkSocket.Encoder}. */
    public void write(IpvsOperation operation, MessageWriter writer, int flags, int sequence) {
        writer.start(family, Netlink.REQUEST | flags, sequence);
        switch (operation) {
            case IpvsOperation.AddVirtualServer add ->
                    service(writer, CMD_NEW_SERVICE, add.server());
            case IpvsOperation.UpdateVirtualServer update ->
                    service(writer, CMD_SET_SERVICE, update.server());
            case IpvsOperation.RemoveVirtualServer remove -> {
                header(writer, CMD_DEL_SERVICE);
                serviceKey(writer, remove.virtualServer());
            }
            case IpvsOperation.AddRealServer add ->
                    dest(writer, CMD_NEW_DEST, add.virtualServer(), add.real());
            case IpvsOperation.UpdateRealServer update ->
                    dest(writer, CMD_SET_DEST, update.virtualServer(), update.real());
            case IpvsOperation.RemoveRealServer remove -> {
                header(writer, CMD_DEL_DEST);
                serviceKey(writer, remove.virtualServer());
                int nest = writer.startNest(CMD_ATTR_DEST);
                destKey(writer, remove.real());
                destFamily(writer, remove.real());
                writer.endNest(nest);
            }
        }
        writer.end();
    }

    /** Requests all virtual servers. */
    public Request dumpServices() {
        return request(CMD_GET_SERVICE, writer -> {});
    }

    /** Requests the real servers of one virtual server. */
    public Request dumpDests(Endpoint virtualServer) {
        return request(CMD_GET_DEST, writer -> serviceKey(writer, virtualServer));
    }

    /** Sets the timeouts that are not 0 s. */
    public Request setTimeouts(ConnectionTimeouts timeouts) {
        return request(
                CMD_SET_CONFIG,
                writer -> {
                    writer.attributeU32(CMD_ATTR_TIMEOUT_TCP, seconds(timeouts.tcp()));
                    writer.attributeU32(CMD_ATTR_TIMEOUT_TCP_FIN, seconds(timeouts.tcpFin()));
                    writer.attributeU32(CMD_ATTR_TIMEOUT_UDP, seconds(timeouts.udp()));
                });
    }

    /** Requests the timeouts. */
    public Request getTimeouts() {
        return request(CMD_GET_CONFIG, writer -> {});
    }

    private static int seconds(Duration duration) {
        return Math.toIntExact(duration.toSeconds());
    }

    private static void service(MessageWriter writer, int command, VirtualServer server) {
        header(writer, command);
        int nest = writer.startNest(CMD_ATTR_SERVICE);
        serviceIdentity(writer, server.endpoint());
        writer.attribute(SVC_ATTR_SCHED_NAME, server.scheduler());
        // struct ip_vs_flags: value, then mask of the bits that the value is about
        int flags = server.flags();
        int mask = ~VirtualServer.HASHED;
        writer.attribute(SVC_ATTR_FLAGS, u32Pair(flags, mask));
        writer.attributeU32(SVC_ATTR_TIMEOUT, server.timeoutSeconds());
        if (server.endpoint().address().isIpv4()) {
            writer.attribute(SVC_ATTR_NETMASK, netmask(server.prefixLength()));
        } else {
            writer.attributeU32(SVC_ATTR_NETMASK, server.prefixLength());
        }
        writer.endNest(nest);
    }

    private static void dest(
            MessageWriter writer, int command, Endpoint virtualServer, RealServer real) {
        header(writer, command);
        serviceKey(writer, virtualServer);
        int nest = writer.startNest(CMD_ATTR_DEST);
        destKey(writer, real.endpoint());
        writer.attributeU32(DEST_ATTR_FWD_METHOD, real.forwarding().number());
        writer.attributeU32(DEST_ATTR_WEIGHT, real.weight());
        writer.attributeU32(DEST_ATTR_U_THRESH, real.upperThreshold());
        writer.attributeU32(DEST_ATTR_L_THRESH, real.lowerThreshold());
        destFamily(writer, real.endpoint());
        writer.endNest(nest);
    }

    private Request request(int command, Consumer<MessageWriter> attributes) {
        return new Request(
                family,
                0,
                writer -> {
                    header(writer, command);
                    attributes.accept(writer);
                });
    }

    private static void header(MessageWriter writer, int command) {
        GenericNetlink.header(writer, command, GENL_VERSION);
    }

    private static void serviceKey(MessageWriter writer, Endpoint endpoint) {
        int nest = writer.startNest(CMD_ATTR_SERVICE);
        serviceIdentity(writer, endpoint);
        writer.endNest(nest);
    }

    private static void serviceIdentity(MessageWriter writer, Endpoint endpoint) {
        writer.attributeU16(
                SVC_ATTR_AF, endpoint.address().isIpv4() ? Libc.AF_INET : Libc.AF_INET6);
        writer.attributeU16(SVC_ATTR_PROTOCOL, endpoint.protocol().number());
        writer.attribute(SVC_ATTR_ADDR, endpoint.address(), ADDRESS);
        writer.attributeU16Network(SVC_ATTR_PORT, endpoint.port());
    }

    private static void destKey(MessageWriter writer, Endpoint endpoint) {
        writer.attribute(DEST_ATTR_ADDR, endpoint.address(), ADDRESS);
        writer.attributeU16Network(DEST_ATTR_PORT, endpoint.port());
    }

    private static void destFamily(MessageWriter writer, Endpoint endpoint) {
        writer.attributeU16(
                DEST_ATTR_ADDR_FAMILY, endpoint.address().isIpv4() ? Libc.AF_INET : Libc.AF_INET6);
    }

    private static byte[] netmask(int prefixLength) {
        int mask = -1 << 32 - prefixLength;
        return new byte[] {
            (byte) (mask >> 24), (byte) (mask >> 16), (byte) (mask >> 8), (byte) mask
        };
    }

    private static byte[] u32Pair(int first, int second) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putInt(first)
                .putInt(second)
                .array();
    }
}
