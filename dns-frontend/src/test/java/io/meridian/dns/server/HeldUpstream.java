package io.meridian.dns.server;

import io.meridian.dns.Frontends;
import io.meridian.dns.Oracle;

import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server elsewhere, over UDP and TCP, that answers nothing until it is told to, and then
 * everything, with no records.
 */
final class HeldUpstream implements AutoCloseable {
    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final CountDownLatch held = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();

    HeldUpstream() throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        this.tcp = new ServerSocket(0, 50, loopback);
        this.udp = new DatagramSocket(new InetSocketAddress(loopback, tcp.getLocalPort()));
        Thread.ofVirtual().start(this::serveUdp);
        Thread.ofVirtual().start(this::serveTcp);
    }

    String address() {
        return "127.0.0.1:" + tcp.getLocalPort();
    }

    /** Each query once, over whichever transport it came. */
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
            throw new IllegalStateException("nobody interrupts this", e);
        }
        question.getHeader().setFlag(Flags.QR);
        return question.toWire();
    }

    private void serveUdp() {
        byte[] buffer = new byte[65535];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
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
            udp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
        } catch (IOException e) {
            ended(e);
        }
    }

    private void serveTcp() {
        try {
            while (true) {
                Socket socket = tcp.accept();
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
        if (!tcp.isClosed()) { // else the test is over
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        letGo();
        tcp.close();
        udp.close();
    }
}
