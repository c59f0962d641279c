package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.uml.NetNamespace;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients in namespace {@code client} that send HTTP requests to one address, each on a new
 * connection, until they are closed. Collects the failures.
 */
final class Load implements AutoCloseable {
    private static final int CLIENTS = 4;
    private static final int PATIENCE_MILLIS = 10_000;
    private static final byte[] REQUEST =
            "GET / HTTP/1.0\r\nHost: vip\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final InetSocketAddress target;
    private final Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean closed;

    private Load(String address, int port) {
        this.target = new InetSocketAddress(address, port);
    }

    static Load on(String address, int port) {
        Load load = new Load(address, port);
        for (int i = 0; i < CLIENTS; i++) {
            load.clients.add(Thread.ofPlatform().daemon().name("load-" + i).start(load::run));
        }
        return load;
    }

    private void run() {
        try {
            var _ =
                    NetNamespace.in(
                            "client",
                            () -> {
                                while (!closed) {
                                    ask();
                                }
                                return null;
                            });
        } catch (Exception e) {
            failures.add("client ended: " + e);
        }
    }

    private void ask() {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(target, PATIENCE_MILLIS);
            socket.getOutputStream().write(REQUEST);
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (answer.startsWith("HTTP/1.1 200")) {
                String name = answer.strip().substring(answer.strip().lastIndexOf('\n') + 1);
                answers.computeIfAbsent(name, _ -> new AtomicInteger()).incrementAndGet();
            } else {
                failures.add("answer: " + answer);
            }
        } catch (IOException e) {
            failures.add(e.toString());
        }
    }

    /** Number of replies so far, by backend. */
    Map<String, Integer> answers() {
        Map<String, Integer> now = new TreeMap<>();
        answers.forEach((name, count) -> now.put(name, count.get()));
        return now;
    }

    int total() {
        return answers().values().stream().mapToInt(Integer::intValue).sum();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Waits until {@code count} more requests are answered or one has failed. */
    void awaitMore(int count) throws InterruptedException {
        int goal = total() + count;
        while (total() < goal && failures.isEmpty()) {
            Thread.sleep(10);
        }
    }

    /** Sends no new requests, and waits for outstanding ones. */
    void finish() throws InterruptedException {
        closed = true;
        for (Thread client : clients) {
            client.join();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
