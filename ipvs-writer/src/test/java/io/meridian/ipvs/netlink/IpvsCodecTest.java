package io.meridian.ipvs.netlink;

import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.tcp;
import static io.meridian.ipvs.Samples.wlc;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.ipvs.ConnectionTimeouts;
import io.meridian.ipvs.Forwarding;
import io.meridian.ipvs.IpvsOperation;
import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.IpvsOperation.AddVirtualServer;
import io.meridian.ipvs.IpvsOperation.RemoveRealServer;
import io.meridian.ipvs.IpvsOperation.RemoveVirtualServer;
import io.meridian.ipvs.IpvsOperation.UpdateRealServer;
import io.meridian.ipvs.RealServer;
import io.meridian.ipvs.Statistics;
import io.meridian.ipvs.VirtualServer;
import io.meridian.libc.Libc;
import io.meridian.netlink.GenericNetlink;
import io.meridian.netlink.MessageWriter;
import io.meridian.netlink.Netlink;
import io.meridian.netlink.NetlinkSocket;
import io.meridian.netlink.Request;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Golden messages of a little-endian machine, with family 0x1d, sequence 7, flags REQUEST|ACK; '#'
 * starts a remark.
 */
class IpvsCodecTest {
    private static final Endpoint VIP = tcp("11.0.3.9:80");
    private final IpvsCodec codec = new IpvsCodec(0x1d);

    @BeforeEach
    void requireLittleEndian() {
        Assumptions.assumeTrue(
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "goldens are little-endian");
    }

    @Test
    void newService() {
        assertThat(hex(new AddVirtualServer(wlc(VIP))))
                .isEqualTo(
                        golden(
                                """
                                68000000 1d000500 07000000 00000000  # nlmsghdr: 104 bytes, type, REQUEST|ACK, sequence, port
                                01010000                             # genlmsghdr: IPVS_CMD_NEW_SERVICE, version 1
                                54000180                             # IPVS_CMD_ATTR_SERVICE, nested, 84 bytes
                                06000100 02000000                    #   AF = AF_INET, padded
                                06000200 06000000                    #   PROTOCOL = 6
                                14000300 0b000309 00000000 00000000 00000000  #   ADDR, 16 bytes
                                06000400 00500000                    #   PORT = 80, network order
                                08000600 776c6300                    #   SCHED_NAME = "wlc" and its zero
                                0c000700 00000000 fdffffff           #   FLAGS = 0, mask all but IP_VS_SVC_F_HASHED
                                08000800 00000000                    #   TIMEOUT = 0 s
                                08000900 ffffffff                    #   NETMASK = /32
                                """));
    }

    @Test
    void newServiceOfIpv6() {
        assertThat(hex(new AddVirtualServer(wlc(tcp("[fd01:c::1]:443")))))
                .isEqualTo(
                        golden(
                                """
                                68000000 1d000500 07000000 00000000
                                01010000
                                54000180
                                06000100 0a000000                    #   AF = AF_INET6
                                06000200 06000000
                                14000300 fd01000c 00000000 00000000 00000001
                                06000400 01bb0000                    #   PORT = 443
                                08000600 776c6300
                                0c000700 00000000 fdffffff
                                08000800 00000000
                                08000900 80000000                    #   NETMASK = 128, a prefix length in the machine's order
                                """));
    }

    @Test
    void delService() {
        assertThat(hex(new RemoveVirtualServer(VIP)))
                .isEqualTo(
                        golden(
                                """
                                44000000 1d000500 07000000 00000000
                                03010000                             # IPVS_CMD_DEL_SERVICE
                                30000180
                                06000100 02000000
                                06000200 06000000
                                14000300 0b000309 00000000 00000000 00000000
                                06000400 00500000
                                """));
    }

    @Test
    void newDest() {
        assertThat(hex(new AddRealServer(VIP, real("10.0.4.17:31372", 1))))
                .isEqualTo(
                        golden(
                                """
                                8c000000 1d000500 07000000 00000000
                                05010000                             # IPVS_CMD_NEW_DEST
                                30000180                             # IPVS_CMD_ATTR_SERVICE: which one
                                06000100 02000000
                                06000200 06000000
                                14000300 0b000309 00000000 00000000 00000000
                                06000400 00500000
                                48000280                             # IPVS_CMD_ATTR_DEST, nested, 72 bytes
                                14000100 0a000411 00000000 00000000 00000000  #   ADDR
                                06000200 7a8c0000                    #   PORT = 31372, network order
                                08000300 00000000                    #   FWD_METHOD = masquerade
                                08000400 01000000                    #   WEIGHT = 1
                                08000500 00000000                    #   U_THRESH
                                08000600 00000000                    #   L_THRESH
                                06000b00 02000000                    #   ADDR_FAMILY = AF_INET
                                """));
    }

    @Test
    void setDest() {
        assertThat(hex(new UpdateRealServer(VIP, real("10.0.4.17:31372", 0))))
                .isEqualTo(
                        golden(
                                """
                                8c000000 1d000500 07000000 00000000
                                06010000                             # IPVS_CMD_SET_DEST
                                30000180
                                06000100 02000000
                                06000200 06000000
                                14000300 0b000309 00000000 00000000 00000000
                                06000400 00500000
                                48000280
                                14000100 0a000411 00000000 00000000 00000000
                                06000200 7a8c0000
                                08000300 00000000
                                08000400 00000000                    #   WEIGHT = 0
                                08000500 00000000
                                08000600 00000000
                                06000b00 02000000
                                """));
    }

    @Test
    void delDest() {
        assertThat(hex(new RemoveRealServer(VIP, tcp("10.0.4.17:31372"))))
                .isEqualTo(
                        golden(
                                """
                                6c000000 1d000500 07000000 00000000
                                07010000                             # IPVS_CMD_DEL_DEST
                                30000180
                                06000100 02000000
                                06000200 06000000
                                14000300 0b000309 00000000 00000000 00000000
                                06000400 00500000
                                28000280
                                14000100 0a000411 00000000 00000000 00000000
                                06000200 7a8c0000
                                06000b00 02000000
                                """));
    }

    @Property
    void aVirtualServerRoundTrips(@ForAll("virtualServers") VirtualServer server) {
        assertThat(decoded(body(new AddVirtualServer(server)))).contains(server);
    }

    @Property
    void aRealServerRoundTrips(@ForAll("realServers") RealServer server) {
        Endpoint virtualServer =
                new Endpoint(server.endpoint().address(), 80, server.endpoint().protocol());

        assertThat(
                        IpvsDump.decodeDest(
                                        body(new AddRealServer(virtualServer, server)),
                                        virtualServer)
                                .map(IpvsDump.CountedDest::server))
                .contains(server);
    }

    @Test
    void theKernelsOwnFlagIsNotConfiguration() {
        ByteBuffer body = body(new AddVirtualServer(wlc(VIP)));
        int flags = indexOf(body, new byte[] {0x0c, 0, 7, 0}) + 4;
        body.putInt(flags, VirtualServer.HASHED);

        assertThat(decoded(body)).contains(wlc(VIP));
    }

    @Test
    void aVirtualServerByFirewallMarkIsOmitted() {
        ByteBuffer buffer = ByteBuffer.allocate(128);
        MessageWriter writer = new MessageWriter(buffer);
        GenericNetlink.header(writer, 1, 1);
        int nest = writer.startNest(1);
        writer.attributeU16(1, Libc.AF_INET);
        writer.attributeU32(5, 42); // FWMARK
        writer.attribute(6, "wlc");
        writer.endNest(nest);

        assertThat(decoded(buffer.flip())).isEmpty();
    }

    @Test
    void counters64AreUsedInsteadOfCounters32InAnyOrder() {
        for (boolean wideFirst : List.of(true, false)) {
            ByteBuffer buffer = ByteBuffer.allocate(512);
            MessageWriter writer = new MessageWriter(buffer);
            GenericNetlink.header(writer, 1, 1);
            int nest = writer.startNest(2); // DEST
            writer.attribute(1, new byte[] {10, 0, 0, 1});
            writer.attributeU16Network(2, 8080);
            writer.attributeU32(7, 3); // ACTIVE_CONNS
            writer.attributeU32(8, -1); // INACT_CONNS: 4294967295
            writer.attributeU32(9, 5); // PERSIST_CONNS
            if (wideFirst) {
                wide(writer);
            }
            narrow(writer);
            if (!wideFirst) {
                wide(writer);
            }
            writer.endNest(nest);

            assertThat(IpvsDump.decodeDest(buffer.flip(), VIP).orElseThrow().counted())
                    .isEqualTo(
                            new Statistics.Real(
                                    new Statistics.Counters(
                                            1L << 33, 1L << 34, 1L << 35, 1L << 36, 1L << 37),
                                    3,
                                    4294967295L,
                                    5));
        }
    }

    @Test
    void counters32OfAnOldKernelAreRead() {
        ByteBuffer buffer = ByteBuffer.allocate(512);
        MessageWriter writer = new MessageWriter(buffer);
        GenericNetlink.header(writer, 1, 1);
        int nest = writer.startNest(1); // SERVICE
        writer.attributeU16(1, Libc.AF_INET);
        writer.attributeU16(2, 6);
        writer.attribute(3, new byte[] {11, 0, 3, 9});
        writer.attributeU16Network(4, 80);
        writer.attribute(6, "wlc");
        narrow(writer);
        writer.endNest(nest);

        assertThat(IpvsDump.decodeService(buffer.flip()).orElseThrow().counters())
                .isEqualTo(new Statistics.Counters(4294967295L, 2, 3, 4, 5));
    }

    /** Writes {@code ..._ATTR_STATS}: counters of 32 bits, bytes of 64. */
    private static void narrow(MessageWriter writer) {
        int stats = writer.startNest(10);
        writer.attributeU32(1, -1).attributeU32(2, 2).attributeU32(3, 3);
        writer.attribute(4, eight(4)).attribute(5, eight(5));
        writer.endNest(stats);
    }

    /** Writes {@code ..._ATTR_STATS64} with the kernel's padding. */
    private static void wide(MessageWriter writer) {
        int stats = writer.startNest(12);
        for (int type = 1; type <= 5; type++) {
            writer.attribute(11, new byte[0]); // PAD
            writer.attribute(type, eight(1L << 32 + type));
        }
        writer.attribute(6, eight(77)); // CPS
        writer.endNest(stats);
    }

    private static byte[] eight(long value) {
        return ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(value).array();
    }

    @Test
    void timeouts() {
        ConnectionTimeouts timeouts =
                new ConnectionTimeouts(Duration.ofHours(2), Duration.ZERO, Duration.ofSeconds(30));
        ByteBuffer message = message(codec.setTimeouts(timeouts));

        assertThat(hex(message))
                .isEqualTo(
                        golden(
                                """
                                2c000000 1d000500 07000000 00000000  # nlmsghdr
                                0c010000                             # genlmsghdr: IPVS_CMD_SET_CONFIG
                                08000400 201c0000                    # TIMEOUT_TCP = 7200 s
                                08000500 00000000                    # TIMEOUT_TCP_FIN: as it is
                                08000600 1e000000                    # TIMEOUT_UDP = 30 s
                                """));
        assertThat(IpvsDump.decodeTimeouts(message.position(Netlink.HEADER))).isEqualTo(timeouts);
    }

    private static Optional<VirtualServer> decoded(ByteBuffer body) {
        return IpvsDump.decodeService(body).map(IpvsDump.CountedService::server);
    }

    @Provide
    Arbitrary<VirtualServer> virtualServers() {
        return Combinators.combine(
                        endpoints(),
                        Arbitraries.of("wlc", "rr", "mh", "fifteen-letters"),
                        Arbitraries.of(0, 1, 4, 5, 0x18),
                        Arbitraries.integers().between(0, 100_000),
                        Arbitraries.integers().between(1, 128))
                .as(
                        (endpoint, scheduler, flags, timeout, prefix) ->
                                new VirtualServer(
                                        endpoint,
                                        scheduler,
                                        flags,
                                        timeout,
                                        endpoint.address().isIpv4() ? (prefix + 3) / 4 : prefix));
    }

    @Provide
    Arbitrary<RealServer> realServers() {
        return Combinators.combine(
                        endpoints(),
                        Arbitraries.integers().between(0, 65535),
                        Arbitraries.of(Forwarding.class),
                        Arbitraries.integers().between(0, 1000),
                        Arbitraries.integers().between(0, 1000))
                .as(RealServer::new);
    }

    private static Arbitrary<Endpoint> endpoints() {
        Arbitrary<IpAddress> addresses =
                Arbitraries.bytes()
                        .list()
                        .ofSize(16)
                        .flatMap(bytes -> Arbitraries.of(4, 16).map(size -> address(bytes, size)));
        return Combinators.combine(
                        addresses,
                        Arbitraries.integers().between(1, 65535),
                        Arbitraries.of(Protocol.class))
                .as(Endpoint::new);
    }

    private static IpAddress address(List<Byte> bytes, int size) {
        byte[] array = new byte[size];
        for (int i = 0; i < size; i++) {
            array[i] = bytes.get(i);
        }
        return IpAddress.of(array);
    }

    private static int indexOf(ByteBuffer buffer, byte[] wanted) {
        for (int i = buffer.position(); i + wanted.length <= buffer.limit(); i++) {
            byte[] here = new byte[wanted.length];
            buffer.get(i, here);
            if (java.util.Arrays.equals(here, wanted)) {
                return i;
            }
        }
        throw new AssertionError("not in the message");
    }

    private ByteBuffer message(IpvsOperation operation) {
        ByteBuffer buffer = ByteBuffer.allocate(NetlinkSocket.MAX_MESSAGE);
        codec.write(operation, new MessageWriter(buffer), Netlink.ACK, 7);
        return buffer.flip();
    }

    private static ByteBuffer message(Request request) {
        ByteBuffer buffer = ByteBuffer.allocate(NetlinkSocket.MAX_MESSAGE);
        request.write(new MessageWriter(buffer), Netlink.ACK, 7);
        return buffer.flip();
    }

    private ByteBuffer body(IpvsOperation operation) {
        return message(operation).position(Netlink.HEADER);
    }

    private String hex(IpvsOperation operation) {
        return hex(message(operation));
    }

    private static String hex(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(message.position(), bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String golden(String text) {
        return text.replaceAll("#.*", "").replaceAll("\\s", "");
    }
}
