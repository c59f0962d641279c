package io.meridian.ipvs.reconcile;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.meridian.ipvs.uml.NetNamespace;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * The network that packets go through inside the guest, built once. The first namespace is the
 * director; a client and two backends stand in namespaces of their own, each with a link to the
 * director. Backends have no route back to the client: only masqueraded connections work. Each
 * answers with its name: HTTP on 8080, a line for a line of TCP on 8081, a datagram for a datagram
 * on 8082; and with its client's address: HTTP on 8083.
 */
final class Lab {
    private static final ExecutorService THREADS =
            Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());

    private static boolean built;

    private Lab() {}

    static synchronized void build() throws Exception {
        if (built) {
            return;
        }
        built = true;
        namespace("client", "10.0.1", "fd02:1");
        namespace("one", "10.0.2", "fd02:2");
        namespace("two", "10.0.3", "fd02:3");
        Guest.runAll(
                """
                sysctl -qw net.ipv6.conf.all.forwarding=1
                ip -n client route add default via 10.0.1.1
                ip -n client -6 route add default via fd02:1::1
                """);
        serve("one");
        serve("two");
    }

    /** Adds a namespace with {@code NET.2} and {@code NET6::2}; the director has host part 1. */
    static void namespace(String name, String net, String net6) throws Exception {
        Guest.runAll(
                """
                ip netns add NAME
                ip link add to-NAME type veth peer name eth0 netns NAME
                ip addr add NET.1/24 dev to-NAME
                ip -6 addr add NET6::1/64 dev to-NAME nodad
                ip link set to-NAME up
                ip -n NAME link set lo up
                ip -n NAME addr add NET.2/24 dev eth0
                ip -n NAME -6 addr add NET6::2/64 dev eth0 nodad
                ip -n NAME link set eth0 up
                """
                        .replace("NAME", name)
                        .replace("NET6", net6)
                        .replace("NET", net));
    }

    /** Starts the servers of a namespace. */
    static void serve(String name) throws Exception {
        serveHttp(name, 8080, _ -> name);
        serveHttp(
                name, 8083, exchange -> exchange.getRemoteAddress().getAddress().getHostAddress());
        ServerSocket lines = NetNamespace.in(name, () -> new ServerSocket(8081, 50));
        THREADS.execute(() -> serveLines(name, lines));
        DatagramSocket datagrams = NetNamespace.in(name, () -> new DatagramSocket(8082));
        THREADS.execute(() -> serveDatagrams(name, datagrams));
    }

    private static void serveHttp(String name, int port, Function<HttpExchange, String> answer)
            throws Exception {
        HttpServer server =
                NetNamespace.in(
                        name, () -> HttpServer.create(new InetSocketAddress("::", port), 200));
        server.setExecutor(THREADS);
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = (answer.apply(exchange) + "\n").getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("Connection", "close");
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
    }

    private static void serveLines(String name, ServerSocket server) {
        try {
            while (true) {
                Socket socket = server.accept();
                THREADS.execute(() -> answerLines(name, socket));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answerLines(String name, Socket socket) {
        try (socket;
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        socket.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                socket.getOutputStream()
                        .write((name + " " + line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            System.out.println("backend " + name + ": " + e); // the client fails too
        }
    }

    private static void serveDatagrams(String name, DatagramSocket server) {
        byte[] answer = name.getBytes(StandardCharsets.UTF_8);
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        try {
            while (true) {
                server.receive(packet);
                server.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
