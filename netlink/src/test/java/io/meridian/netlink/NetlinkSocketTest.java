package io.meridian.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.meridian.libc.Errno;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.util.ArrayList;
import java.util.List;

/** {@link NetlinkSocket} with the kernel of this machine; needs no privilege. */
@EnabledOnOs(OS.LINUX)
class NetlinkSocketTest {
    private static final int BUFFER = 1 << 18;

    @Test
    void theControlFamilyIsFound() throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.generic(BUFFER)) {
            assertThat(GenericNetlink.family(socket, "nlctrl")).isEqualTo(0x10);
        }
    }

    @Test
    void aMissingFamilyIsNamedWithItsErrno() throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.generic(BUFFER)) {
            NetlinkException thrown =
                    catchThrowableOfType(
                            NetlinkException.class,
                            () -> GenericNetlink.family(socket, "NO_SUCH_FAMILY"));

            assertThat(thrown.refusal().errno()).isEqualTo(Errno.ENOENT);
            assertThat(thrown)
                    .hasMessageContaining("NO_SUCH_FAMILY")
                    .hasMessageContaining("ENOENT (2)");
        }
    }

    @Test
    void theSocketIsUsableAfterARefusal() throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.generic(BUFFER)) {
            var _ =
                    catchThrowableOfType(
                            NetlinkException.class,
                            () -> GenericNetlink.family(socket, "NO_SUCH_FAMILY"));

            assertThat(GenericNetlink.family(socket, "nlctrl")).isEqualTo(0x10);
        }
    }

    @Test
    void aBatchIsAnsweredOneByOneInOrder() throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.generic(BUFFER)) {
            List<Request> requests = new ArrayList<>();
            for (int i = 0; i < 700; i++) {
                requests.add(longRequest(i % 3 == 0 ? "nlctrl" : "NO_SUCH_FAMILY"));
            }

            List<Reply> answers = socket.execute(requests);

            assertThat(answers).hasSameSizeAs(requests);
            for (int i = 0; i < answers.size(); i++) {
                if (i % 3 == 0) {
                    assertThat(answers.get(i)).as("answer %d", i).isEqualTo(Reply.ACCEPTED);
                } else {
                    assertThat(answers.get(i))
                            .as("answer %d", i)
                            .isInstanceOfSatisfying(
                                    Reply.Refused.class,
                                    refused ->
                                            assertThat(refused.refusal().errno())
                                                    .isEqualTo(Errno.ENOENT));
                }
            }
        }
    }

    /** A long request: 700 of them are several batches, and replies to one batch fit any buffer. */
    private static Request longRequest(String family) {
        Request request = GenericNetlink.request(family);
        return new Request(
                request.type(),
                request.flags(),
                writer -> {
                    request.body().accept(writer);
                    writer.attribute(100, new byte[440]); // of an unknown type
                });
    }

    @Test
    void answersThatDoNotFitTheReceiveBufferAreReportedLost() throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.generic(4096)) {
            List<Request> requests = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                requests.add(GenericNetlink.request("NO_SUCH_FAMILY"));
            }

            List<Reply> answers = socket.execute(requests);

            assertThat(answers).hasSameSizeAs(requests);
            assertThat(answers)
                    .anyMatch(Reply.Refused.class::isInstance)
                    .anyMatch(Reply.Lost.class::isInstance);
            assertThat(answers).noneMatch(Reply.Accepted.class::isInstance);
            assertThat(GenericNetlink.family(socket, "nlctrl"))
                    .as("usable afterwards")
                    .isEqualTo(0x10);
        }
    }

    @Test
    void theLoopbackInterfaceIsFound() throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.route(BUFFER)) {
            List<LinkCodec.Link> found = new ArrayList<>();
            socket.get(
                    "cannot look up lo",
                    LinkCodec.get("lo"),
                    body -> found.add(LinkCodec.decode(body)));

            assertThat(found).singleElement().extracting(LinkCodec.Link::index).isEqualTo(1);
        }
    }

    @Test
    void aMissingInterfaceIsNamedWithItsErrno() throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.route(BUFFER)) {
            NetlinkException thrown =
                    catchThrowableOfType(
                            NetlinkException.class,
                            () ->
                                    socket.get(
                                            "cannot look up",
                                            LinkCodec.get("no-such-link"),
                                            _ -> {}));

            assertThat(thrown.refusal().errno()).isEqualTo(Errno.ENODEV);
        }
    }

    @Test
    void theLocalTableIsDumpedToItsEnd() throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.route(BUFFER)) {
            int[] routes = new int[1];
            socket.dump(
                    "cannot dump routes",
                    RouteCodec.dump(true, RouteCodec.Table.LOCAL),
                    () -> routes[0] = 0,
                    _ -> routes[0]++);

            assertThat(routes[0]).isPositive();
        }
    }
}
