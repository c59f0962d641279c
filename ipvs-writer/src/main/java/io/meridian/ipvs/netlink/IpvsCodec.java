package io.meridian.ipvs.netlink;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.ipvs.Forwarding;
import io.meridian.ipvs.IpvsOperation;
import io.meridian.ipvs.RealServer;
import io.meridian.ipvs.VirtualServer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * IPVS over generic netlink, linux/ip_vs.h: operations to messages, dumps to servers. Configuration
 * only; counters are skipped.
 *
 * <p>Addresses are 16 bytes, an IPv4 one in the first four; addresses and ports are in network
 * order, all else in the machine's.
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

    private static final int CMD_ATTR_SERVICE = 1;
    private static final int CMD_ATTR_DEST = 2;

    private static final int SVC_ATTR_AF = 1;
    private static final int SVC_ATTR_PROTOCOL = 2;
    private static final int SVC_ATTR_ADDR = 3;
    private static final int SVC_ATTR_PORT = 4;
    private static final int SVC_ATTR_FWMARK = 5;
    private static final int SVC_ATTR_SCHED_NAME = 6;
    private static final int SVC_ATTR_FLAGS = 7;
    private static final int SVC_ATTR_TIMEOUT = 8;
    private static final int SVC_ATTR_NETMASK = 9;

    private static final int DEST_ATTR_ADDR = 1;
    private static final int DEST_ATTR_PORT = 2;
    private static final int DEST_ATTR_FWD_METHOD = 3;
    private static final int DEST_ATTR_WEIGHT = 4;
    private static final int DEST_ATTR_U_THRESH = 5;
    private static final int DEST_ATTR_L_THRESH = 6;
    private static final int DEST_ATTR_ADDR_FAMILY = 11;

    private final int family;

    /**
     * @param family message type that the kernel gave the family, see {@link GenericNetlink#family}
     */
    public IpvsCodec(int family) {
        this.family = family;
    }

    public Request encode(IpvsOperation operation) {
        return switch (operation) {
            case IpvsOperation.AddVirtualServer add -> service(CMD_NEW_SERVICE, add.server());
            case IpvsOperation.UpdateVirtualServer update ->
                    service(CMD_SET_SERVICE, update.server());
            case IpvsOperation.RemoveVirtualServer remove ->
                    request(CMD_DEL_SERVICE, writer -> serviceKey(writer, remove.virtualServer()));
            case IpvsOperation.AddRealServer add ->
                    dest(CMD_NEW_DEST, add.virtualServer(), add.real());
            case IpvsOperation.UpdateRealServer update ->
                    dest(CMD_SET_DEST, update.virtualServer(), update.real());
            case IpvsOperation.RemoveRealServer remove ->
                    request(
                            CMD_DEL_DEST,
                            writer -> {
                                serviceKey(writer, remove.virtualServer());
                                int nest = writer.startNest(CMD_ATTR_DEST);
                                destKey(writer, remove.real());
                                destFamily(writer, remove.real());
                                writer.endNest(nest);
                            });
        };
    }

    /** Asks for all virtual servers. */
    public Request dumpServices() {
        return request(CMD_GET_SERVICE, writer -> {});
    }

    /** Asks for the real servers of one virtual server. */
    public Request dumpDests(Endpoint virtualServer) {
        return request(CMD_GET_DEST, writer -> serviceKey(writer, virtualServer));
    }

    private Request service(int command, VirtualServer server) {
        return request(
                command,
                writer -> {
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
                });
    }

    private Request dest(int command, Endpoint virtualServer, RealServer real) {
        return request(
                command,
                writer -> {
                    serviceKey(writer, virtualServer);
                    int nest = writer.startNest(CMD_ATTR_DEST);
                    destKey(writer, real.endpoint());
                    writer.attributeU32(DEST_ATTR_FWD_METHOD, real.forwarding().number());
                    writer.attributeU32(DEST_ATTR_WEIGHT, real.weight());
                    writer.attributeU32(DEST_ATTR_U_THRESH, real.upperThreshold());
                    writer.attributeU32(DEST_ATTR_L_THRESH, real.lowerThreshold());
                    destFamily(writer, real.endpoint());
                    writer.endNest(nest);
                });
    }

    private Request request(int command, Consumer<MessageWriter> attributes) {
        return new Request(
                family,
                0,
                writer -> {
                    GenericNetlink.header(writer, command, GENL_VERSION);
                    attributes.accept(writer);
                });
    }

    private static void serviceKey(MessageWriter writer, Endpoint endpoint) {
        int nest = writer.startNest(CMD_ATTR_SERVICE);
        serviceIdentity(writer, endpoint);
        writer.endNest(nest);
    }

    private static void serviceIdentity(MessageWriter writer, Endpoint endpoint) {
        writer.attributeU16(SVC_ATTR_AF, endpoint.address().isIpv4() ? Nl.AF_INET : Nl.AF_INET6);
        writer.attributeU16(SVC_ATTR_PROTOCOL, endpoint.protocol().number());
        writer.attribute(SVC_ATTR_ADDR, sixteen(endpoint.address()));
        writer.attributeU16Network(SVC_ATTR_PORT, endpoint.port());
    }

    private static void destKey(MessageWriter writer, Endpoint endpoint) {
        writer.attribute(DEST_ATTR_ADDR, sixteen(endpoint.address()));
        writer.attributeU16Network(DEST_ATTR_PORT, endpoint.port());
    }

    private static void destFamily(MessageWriter writer, Endpoint endpoint) {
        writer.attributeU16(
                DEST_ATTR_ADDR_FAMILY, endpoint.address().isIpv4() ? Nl.AF_INET : Nl.AF_INET6);
    }

    /**
     * Reads one message of a dump of virtual servers.
     *
     * @param body the part behind {@code struct nlmsghdr}
     * @return empty for what has no address, port and protocol of ours: a virtual server by
     *     firewall mark, one of SCTP
     */
    public Optional<VirtualServer> decodeService(ByteBuffer body) {
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
                default -> {} // counters
            }
        }
        int prefix =
                af == Nl.AF_INET
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
        return protocol(protocol)
                .map(
                        known ->
                                new VirtualServer(
                                        new Endpoint(vip, at, known),
                                        name,
                                        given,
                                        seconds,
                                        prefix));
    }

    /**
     * Reads one message of a dump of real servers.
     *
     * @param virtualServer whose dump it is: has the protocol, and on kernels before 3.18 the
     *     family
     */
    public Optional<RealServer> decodeDest(ByteBuffer body, Endpoint virtualServer) {
        AttributeReader fields = nest(body, CMD_ATTR_DEST);
        int af = virtualServer.address().isIpv4() ? Nl.AF_INET : Nl.AF_INET6;
        int port = 0;
        int forwarding = 0;
        int weight = 0;
        int upper = 0;
        int lower = 0;
        byte[] address = new byte[16];
        while (fields.next()) {
            switch (fields.type()) {
                case DEST_ATTR_ADDR -> address = fields.bytes();
                case DEST_ATTR_PORT -> port = fields.u16Network();
                case DEST_ATTR_FWD_METHOD -> forwarding = fields.u32();
                case DEST_ATTR_WEIGHT -> weight = fields.u32();
                case DEST_ATTR_U_THRESH -> upper = fields.u32();
                case DEST_ATTR_L_THRESH -> lower = fields.u32();
                case DEST_ATTR_ADDR_FAMILY -> af = fields.u16();
                default -> {} // counters
            }
        }
        if (port == 0) {
            return Optional.empty(); // port 0 stands for every port, which we never set
        }
        return Optional.of(
                new RealServer(
                        new Endpoint(address(address, af), port, virtualServer.protocol()),
                        Math.clamp(weight, 0, 65535),
                        Forwarding.of(forwarding),
                        upper,
                        lower));
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
                family == Nl.AF_INET ? Arrays.copyOf(bytes, 4) : Arrays.copyOf(bytes, 16));
    }

    private static byte[] sixteen(IpAddress address) {
        return Arrays.copyOf(address.bytes(), 16);
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
