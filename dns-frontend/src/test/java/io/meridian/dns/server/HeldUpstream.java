package io.meridian.dns.server;

import io.meridian.dns.Frontends;
import io.meridian.dns.Oracle;
import io.meridian.dns.PortPair;

import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An upstream over UDP and TCP that holds all queries until {@link #letGo}, and then answers each
 * without records.
 */
final class HeldUpstream implements AutoCloseable {
    private final PortPair ports;
    private final CountDownLatch held = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();

    HeldUpstream() throws IOException {
        this.ports = PortPair.bind();
        Thread.ofVirtual().start(this::serveUdp);
        Thread.ofVirtual().start(this::serveTcp);
    }

    String address() {
        return ports.text();
    }

    /** Number of queries over both transports. */
    int asked() {
        return asked.get();
    }

    void awaitAsked(int count) {
        while (asked.get() < count) { // the test's own deadline ends it
            Thread.onSpinWait();
        }
    }

    void letGo() {
        held.countDown();
    }

    private byte[] answer(byte[] query) {
        asked.incrementAndGet();
        Message question = Oracle.parse(query);
        try {
            held.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
        question.getHeader().setFlag(Flags.QR);
        return question.toWire();
    }

    private void serveUdp() {
        byte[] buffer = new byte[65535];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                ports.udp().receive(packet);
                byte[] query = Arrays.copyOf(buffer, packet.getLength());
                Thread.ofVirtual().start(() -> reply(query, packet));
            }
        } catch (IOException e) {
            ended(e);
        }
    }

    private void reply(byte[] query, DatagramPacket packet) {
        byte[] reply = answer(query);
        try {
            ports.udp().send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
        } catch (IOException e) {
            ended(e);
        }
    }

    private void serveTcp() {
        try {
            while (true) {
                Socket socket = ports.tcp().accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            ended(e);
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Frontends.send(socket.getOutputStream(), answer(Frontends.receive(socket).toWire()));
        } catch (IOException e) {
            ended(e);
        }
    }

    private void ended(IOException e) {
        if (!ports.tcp().isClosed()) { // otherwise the test is over
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        letGo();
        ports.close();
    }
}
