package io.meridian.dns.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.dns.DnsFrontend;
import io.meridian.dns.Frontends;
import io.meridian.dns.Oracle;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Pipelined queries on one connection, some of which are forwarded to an upstream. */
@Timeout(120)
class TcpPipelineTest {
    private static final String WEB = "web.mesos A 10.0.0.1";

    private static DnsFrontend forwarding(HeldUpstream upstream, String settings) {
        String lines =
                "forward { timeout = 30 s, total-timeout = 30 s }\nupstreams = [\""
                        + upstream.address()
                        + "\"]\n"
                        + settings;
        return Frontends.serving(lines, WEB, "");
    }

    private static void ask(Socket socket, int id, String name) throws IOException {
        Message question = Oracle.question(name, Type.A);
        question.getHeader().setID(id);
        Frontends.send(socket.getOutputStream(), question.toWire());
    }

    private static int answered(Socket socket) throws IOException {
        Message reply = Frontends.receive(socket);
        assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
        return reply.getHeader().getID();
    }

    @Test
    void ownAnswersDoNotWaitForForwardedQueries() throws IOException {
        try (HeldUpstream upstream = new HeldUpstream();
                DnsFrontend frontend = forwarding(upstream, "");
                Socket socket = Frontends.connect(frontend)) {
            ask(socket, 1, "www.example.org");
            ask(socket, 2, "web.mesos");
            ask(socket, 3, "mail.example.org");
            ask(socket, 4, "web.mesos");
            assertThat(answered(socket)).isEqualTo(2);
            assertThat(answered(socket)).isEqualTo(4);
            upstream.letGo();
            assertThat(List.of(answered(socket), answered(socket))).containsExactlyInAnyOrder(1, 3);
        }
    }

    @Test
    void outstandingQueriesPerConnectionAreBounded() throws IOException {
        try (HeldUpstream upstream = new HeldUpstream();
                DnsFrontend frontend = forwarding(upstream, "tcp-in-flight = 2");
                Socket socket = Frontends.connect(frontend)) {
            for (int id = 1; id <= 5; id++) {
                ask(socket, id, id + ".example.org");
            }
            ask(socket, 6, "web.mesos");
            upstream.awaitAsked(2);
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> answered(socket)).isInstanceOf(SocketTimeoutException.class);
            assertThat(upstream.asked()).isEqualTo(2);
            socket.setSoTimeout(20_000);
            upstream.letGo();
            List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                ids.add(answered(socket));
            }
            assertThat(ids).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void aConnectionThatWaitsForAReplyIsNotIdle() throws Exception {
        try (HeldUpstream upstream = new HeldUpstream();
                DnsFrontend frontend =
                        forwarding(upstream, "tcp-idle-timeout = 200 ms\ntcp-connections = 1");
                Socket socket = Frontends.connect(frontend)) {
            ask(socket, 1, "www.example.org");
            upstream.awaitAsked(1);
            try (Socket other = Frontends.connect(frontend)) {
                assertThat(other.getInputStream().read()).isEqualTo(-1);
            }
            Thread.sleep(1000);
            upstream.letGo();
            assertThat(answered(socket)).isEqualTo(1);
            assertThat(socket.getInputStream().read()).isEqualTo(-1); // and now it was
        }
    }

    @Test
    void aHalfClosedConnectionStillGetsItsReplies() throws IOException {
        try (HeldUpstream upstream = new HeldUpstream();
                DnsFrontend frontend = forwarding(upstream, "");
                Socket socket = Frontends.connect(frontend)) {
            ask(socket, 1, "www.example.org");
            ask(socket, 2, "web.mesos");
            socket.shutdownOutput();
            assertThat(answered(socket)).isEqualTo(2);
            upstream.letGo();
            assertThat(answered(socket)).isEqualTo(1);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aClosingServerSendsOutstandingReplies() throws Exception {
        try (HeldUpstream upstream = new HeldUpstream()) {
            DnsFrontend frontend = forwarding(upstream, "");
            try (Socket socket = Frontends.connect(frontend)) {
                ask(socket, 1, "www.example.org");
                upstream.awaitAsked(1);
                Thread closing = Thread.ofVirtual().start(frontend::close);
                upstream.letGo();
                assertThat(answered(socket)).isEqualTo(1);
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
                closing.join();
            } finally {
                frontend.close();
            }
        }
    }
}
