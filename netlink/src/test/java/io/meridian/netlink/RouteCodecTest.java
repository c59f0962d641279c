package io.meridian.netlink;

import static io.meridian.netlink.RouteCodec.Kind.LOCAL;
import static io.meridian.netlink.RouteCodec.Kind.UNICAST;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.IpAddress;
import io.meridian.netlink.RouteCodec.Table;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Golden messages of a little-endian machine, with interface 9, sequence 7, flags REQUEST|ACK and
 * the request's own flags.
 */
class RouteCodecTest {
    @BeforeEach
    void requireLittleEndian() {
        Assumptions.assumeTrue(
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "goldens are little-endian");
    }

    @Test
    void addOfIpv4() {
        assertThat(hex(RouteCodec.add(ip("11.0.3.9"), LOCAL, 9)))
                .isEqualTo(
                        golden(
                                """
                                2c000000 18000506 07000000 00000000  # 44 bytes, RTM_NEWROUTE, REQUEST|ACK|EXCL|CREATE
                                02200000 ff03fe02 00000000           # AF_INET/32, table local, proto boot, scope host, type local
                                08000100 0b000309                    # RTA_DST
                                08000400 09000000                    # RTA_OIF
                                """));
    }

    @Test
    void addOfIpv6() {
        assertThat(hex(RouteCodec.add(ip("fd01:c::1"), LOCAL, 9)))
                .isEqualTo(
                        golden(
                                """
                                38000000 18000506 07000000 00000000
                                0a800000 ff030002 00000000           # AF_INET6/128, table local, proto boot, scope universe, type local
                                14000100 fd01000c 00000000 00000000 00000001
                                08000400 09000000
                                """));
    }

    @Test
    void remove() {
        assertThat(hex(RouteCodec.remove(ip("11.0.3.9"), LOCAL, 9)))
                .isEqualTo(
                        golden(
                                """
                                2c000000 19000500 07000000 00000000  # RTM_DELROUTE
                                02200000 ff00ff02 00000000           # any protocol, any scope
                                08000100 0b000309
                                08000400 09000000
                                """));
    }

    @Test
    void addOfIpv4InAContainer() {
        assertThat(hex(RouteCodec.add(ip("11.0.3.9"), UNICAST, 9)))
                .isEqualTo(
                        golden(
                                """
                                2c000000 18000506 07000000 00000000
                                02200000 ff03fd01 00000000           # table local, proto boot, scope link, type unicast
                                08000100 0b000309
                                08000400 09000000
                                """));
    }

    @Test
    void aRouteRoundTrips() {
        for (RouteCodec.Kind kind : RouteCodec.Kind.values()) {
            for (IpAddress address : List.of(ip("11.0.3.9"), ip("fd01:c::1"))) {
                Optional<RouteCodec.Route> route =
                        RouteCodec.decode(body(RouteCodec.add(address, kind, 9)), Table.LOCAL);

                assertThat(route)
                        .hasValueSatisfying(
                                found -> {
                                    assertThat(found.address()).isEqualTo(address);
                                    assertThat(found.link()).isEqualTo(9);
                                    assertThat(found.is(kind)).isTrue();
                                });
            }
        }
    }

    @Test
    void routesOfTheHostAreNotRoutesOfAContainer() {
        assertThat(RouteCodec.decode(body(RouteCodec.add(ip("11.0.3.9"), LOCAL, 9)), Table.LOCAL))
                .hasValueSatisfying(found -> assertThat(found.is(UNICAST)).isFalse());
    }

    @Test
    void aRouteOfAnotherTableIsOmitted() {
        assertThat(RouteCodec.decode(body(RouteCodec.add(ip("11.0.3.9"), LOCAL, 9)), Table.MAIN))
                .isEmpty();
    }

    @Test
    void aKernelRouteOfAnAddressIsOmitted() {
        ByteBuffer body = body(RouteCodec.add(ip("fe80::1"), LOCAL, 9));
        body.put(body.position() + 5, (byte) 2); // RTPROT_KERNEL

        assertThat(RouteCodec.decode(body, Table.LOCAL)).isEmpty();
    }

    @Test
    void raisingALinkCreatesADummy() {
        assertThat(hex(LinkCodec.raiseDummy("minuteman")))
                .isEqualTo(
                        golden(
                                """
                                40000000 10000504 07000000 00000000  # 64 bytes, RTM_NEWLINK, REQUEST|ACK|CREATE
                                00000000 00000000 01000000 01000000  # ifinfomsg: IFF_UP, and that this is what changes
                                0e000300 6d696e75 74656d61 6e000000  # IFLA_IFNAME
                                10001280                             # IFLA_LINKINFO, nested
                                0a000100 64756d6d 79000000           #   IFLA_INFO_KIND = "dummy"
                                """));
    }

    @Test
    void raisingALinkOfAContainerCreatesNoLink() {
        assertThat(hex(LinkCodec.raise("minuteman")))
                .isEqualTo(
                        golden(
                                """
                                30000000 10000500 07000000 00000000  # RTM_NEWLINK, REQUEST|ACK
                                00000000 00000000 01000000 01000000
                                0e000300 6d696e75 74656d61 6e000000
                                """));
    }

    private static IpAddress ip(String text) {
        return IpAddress.literal(text);
    }

    private static ByteBuffer message(Request request) {
        ByteBuffer buffer = ByteBuffer.allocate(NetlinkSocket.MAX_MESSAGE);
        request.write(new MessageWriter(buffer), Netlink.ACK, 7);
        return buffer.flip();
    }

    private static ByteBuffer body(Request request) {
        return message(request).position(Netlink.HEADER);
    }

    private static String hex(Request request) {
        ByteBuffer message = message(request);
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String golden(String text) {
        return text.replaceAll("#.*", "").replaceAll("\\s", "");
    }
}
