package io.meridian.dns.forward;

import io.meridian.dns.Frontends;
import io.meridian.dns.PortPair;

import org.xbill.DNS.Message;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * An upstream over UDP and TCP on one port; answers each query with the messages that a function
 * returns.
 */
final class FakeUpstream implements AutoCloseable {
    private final PortPair ports;
    private final Script script;

    /** All received queries. */
    final List<Message> asked = new CopyOnWriteArrayList<>();

    /** Queries received over TCP. */
    final List<Message> askedOverTcp = new CopyOnWriteArrayList<>();

    /** Maximum number of bytes sent of a reply over TCP, including its length prefix. */
    volatile int tcpBytes = Integer.MAX_VALUE;

    /** Makes the messages that answer a query. */
    interface Script {
        List<byte[]> replies(Message question, boolean tcp);
    }

    FakeUpstream(Function<Message, List<byte[]>> script) throws IOException {
        this((question, _) -> script.apply(question));
    }

    FakeUpstream(Script script) throws IOException {
        this.script = script;
        this.ports = PortPair.bind();
        Thread.ofVirtual().start(this::serveUdp);
        Thread.ofVirtual().start(this::serveTcp);
    }

    String address() {
        return ports.text();
    }

    private void serveUdp() {
        byte[] buffer = new byte[65535];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                ports.udp().receive(packet);
                Message question = new Message(Arrays.copyOf(buffer, packet.getLength()));
                asked.add(question);
                for (byte[] reply : script.replies(question, false)) {
                    ports.udp()
                            .send(
                                    new DatagramPacket(
                                            reply, reply.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException e) {
            if (!ports.udp().isClosed()) { // else the test is over
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serveTcp() {
        try {
            while (true) {
                try (Socket socket = ports.tcp().accept()) {
                    Message question = Frontends.receive(socket);
                    asked.add(question);
                    askedOverTcp.add(question);
                    for (byte[] reply : script.replies(question, true)) {
                        ByteArrayOutputStream framed = new ByteArrayOutputStream();
                        Frontends.send(framed, reply);
                        int length = Math.min(tcpBytes, framed.size());
                        socket.getOutputStream().write(framed.toByteArray(), 0, length);
                    }
                }
            }
        } catch (IOException e) {
            if (!ports.tcp().isClosed()) { // else the test is over
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        ports.close();
    }
}
