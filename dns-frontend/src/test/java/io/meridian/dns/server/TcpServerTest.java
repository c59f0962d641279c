package io.meridian.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.DnsFrontend;
import io.meridian.dns.Frontends;
import io.meridian.dns.Oracle;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TcpKeepaliveOption;
import org.xbill.DNS.Type;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

@Timeout(120)
class TcpServerTest {
    private static final String WEB = "web.mesos A 10.0.0.1";
    private static final byte[] QUESTION = Oracle.question("web.mesos", Type.A).toWire();

    @Test
    void queriesOnOneConnectionAreAnsweredInOrder() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("", WEB, "");
                Socket socket = Frontends.connect(frontend)) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int id = 0; id < 500; id++) {
                Message question = Oracle.question("web.mesos", id % 2 == 0 ? Type.A : Type.AAAA);
                question.getHeader().setID(id);
                Frontends.send(all, question.toWire());
            }
            socket.getOutputStream().write(all.toByteArray());
            for (int id = 0; id < 500; id++) {
                Message reply = Frontends.receive(socket);
                assertThat(reply.getHeader().getID()).isEqualTo(id);
                assertThat(reply.getSection(Section.ANSWER)).hasSize(1 - id % 2);
            }
        }
    }

    @Test
    void aQueryMayArriveByteByByte() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("", WEB, "");
                Socket socket = Frontends.connect(frontend)) {
            ByteArrayOutputStream framed = new ByteArrayOutputStream();
            Frontends.send(framed, QUESTION);
            socket.setTcpNoDelay(true);
            for (byte b : framed.toByteArray()) {
                socket.getOutputStream().write(b);
            }
            assertThat(Frontends.receive(socket).getRcode()).isEqualTo(Rcode.NOERROR);
        }
    }

    @Test
    void anIdleConnectionIsClosed() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("tcp-idle-timeout = 300 ms", WEB, "");
                Socket socket = Frontends.connect(frontend)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void anIncompleteQueryDoesNotExtendTheIdleTimeout() throws Exception {
        try (DnsFrontend frontend = Frontends.serving("tcp-idle-timeout = 500 ms", WEB, "");
                Socket socket = Frontends.connect(frontend)) {
            OutputStream out = socket.getOutputStream();
            socket.setSoTimeout(50);
            boolean open = true;
            out.write(0x0f);
            while (open) { // the test's own deadline ends it if the server never does
                try {
                    out.write(0);
                    open = socket.getInputStream().read() != -1;
                } catch (
                        IOException
                                e) { // nothing to read yet, or reset because the test wrote after
                    // the close
                    open = e instanceof SocketTimeoutException;
                }
            }
            assertThat(frontend.status().tcpQueries()).isZero();
        }
    }

    @Test
    void aConnectionWhoseClientNeverReadsIsClosed() throws IOException {
        String big =
                IntStream.range(0, 1000)
                        .mapToObj(i -> "big.mesos A 10.1." + i / 250 + "." + i % 250)
                        .collect(Collectors.joining("\n"));
        try (DnsFrontend frontend = Frontends.serving("tcp-idle-timeout = 500 ms", big, "");
                Socket socket = Frontends.connect(frontend)) {
            byte[] question = Oracle.question("big.mesos", Type.A).toWire();
            OutputStream out = socket.getOutputStream();
            boolean open = true;
            while (open) { // replies of 16 KB fill every buffer; then the server stops reading
                // and closes the connection
                try {
                    Frontends.send(out, question);
                } catch (IOException e) {
                    open = false;
                }
            }
            assertThat(
                            Frontends.tcp(frontend)
                                    .send(Oracle.question("big.mesos", Type.A))
                                    .getRcode())
                    .isEqualTo(Rcode.NOERROR);
        }
    }

    @Test
    void aClientAtItsLimitIsRefusedAndOthersAreNot() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("tcp-connections-per-client = 3", WEB, "");
                Closing open = new Closing()) {
            for (int i = 0; i < 3; i++) {
                asks(open.add(Frontends.connect(frontend)));
            }
            try (Socket fourth = Frontends.connect(frontend)) {
                assertThat(fourth.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(frontend.status().tcpRefused()).isEqualTo(1);
            asks(open.add(connectFrom(frontend, "127.0.0.2")));
            asks(open.get(0));
        }
    }

    @Test
    void atTheConnectionLimitTheLongestIdleConnectionIsClosed() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("tcp-connections = 3", WEB, "");
                Closing open = new Closing()) {
            for (int i = 0; i < 3; i++) {
                asks(open.add(Frontends.connect(frontend)));
                settle();
            }
            asks(open.get(0));
            settle();
            asks(open.add(Frontends.connect(frontend)));
            settle();
            assertThat(open.get(1).getInputStream().read()).isEqualTo(-1);
            asks(open.get(0));
            asks(open.get(2));
            assertThat(frontend.status().tcpEvicted()).isEqualTo(1);
            assertThat(frontend.status().tcpRefused()).isZero();
            assertThat(frontend.status().tcpConnections()).isEqualTo(3);
        }
    }

    @Test
    void incompleteTcpMessagesEndAtTheTimeout() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("tcp-idle-timeout = 500 ms", WEB, "");
                Socket half = Frontends.connect(frontend);
                Socket most = Frontends.connect(frontend);
                Socket none = Frontends.connect(frontend)) {
            half.getOutputStream().write(0);
            most.getOutputStream().write(new byte[] {(byte) 0xff, (byte) 0xff, 1, 2, 3});
            none.getOutputStream().write(new byte[] {0, 0});
            for (Socket socket : List.of(half, most, none)) {
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(frontend.status().tcpQueries()).isEqualTo(1); // the query of length 0
        }
    }

    @Test
    void aMessageOf65535BytesIsAnswered() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("", WEB, "");
                Socket socket = Frontends.connect(frontend)) {
            Frontends.send(socket.getOutputStream(), Arrays.copyOf(QUESTION, 65535));
            assertThat(Frontends.receive(socket).getRcode()).isEqualTo(Rcode.FORMERR);
            asks(socket);
        }
    }

    @Test
    void aMessageWithoutReplyClosesTheConnection() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("", WEB, "");
                Socket socket = Frontends.connect(frontend)) {
            Frontends.send(socket.getOutputStream(), new byte[5]);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(frontend.status().dropped()).isEqualTo(1);
        }
    }

    @Test
    void ednsTcpKeepaliveAnswersTheIdleTimeout() throws IOException {
        try (DnsFrontend frontend = Frontends.serving("tcp-idle-timeout = 7500 ms", WEB, "")) {
            Message question = Oracle.question("web.mesos", Type.A);
            question.addRecord(
                    new OPTRecord(1232, 0, 0, 0, new TcpKeepaliveOption()), Section.ADDITIONAL);
            Message reply = Frontends.tcp(frontend).send(question);
            assertThat(reply.getOPT().getOptions())
                    .containsExactly(new TcpKeepaliveOption(Duration.ofMillis(7500)));
            assertThat(Frontends.udp(frontend).send(question).getOPT().getOptions()).isEmpty();
        }
    }

    @Test
    void closingTheServerClosesItsConnections() throws IOException {
        DnsFrontend frontend = Frontends.serving("", WEB, "");
        try (Socket socket = Frontends.connect(frontend)) {
            Frontends.send(socket.getOutputStream(), QUESTION);
            Frontends.receive(socket);
            frontend.close();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } finally {
            frontend.close();
        }
    }

    /** Waits until a connection counts as idle, a moment after its client has the reply. */
    private static void settle() {
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }

    private static void asks(Socket socket) throws IOException {
        Frontends.send(socket.getOutputStream(), QUESTION);
        assertThat(Frontends.receive(socket).getRcode()).isEqualTo(Rcode.NOERROR);
    }

    private static Socket connectFrom(DnsFrontend frontend, String address) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(address, 0));
        socket.connect(Frontends.address(frontend));
        return socket;
    }

    /** Closes sockets at the end of a test. */
    private static final class Closing implements AutoCloseable {
        private final List<Socket> sockets = new ArrayList<>();

        Socket add(Socket socket) {
            sockets.add(socket);
            return socket;
        }

        Socket get(int index) {
            return sockets.get(index);
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
