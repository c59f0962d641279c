package io.meridian.simulator.http;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Accepts connections and hands requests to one handler, a virtual thread for each connection.
 * Writes the handler's answer byte for byte: no chunking, no added header but Content-Length.
 */
public final class WireServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WireServer.class);
    private static final int MAX_LINE = 64 * 1024;
    private static final int MAX_BODY = 64 * 1024 * 1024;

    /** Answers one request; an exception closes the connection. */
    @FunctionalInterface
    public interface Handler {
        void handle(WireRequest request, WireExchange exchange) throws IOException;
    }

    private final ServerSocket listener;
    private final Handler handler;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private WireServer(ServerSocket listener, Handler handler) {
        this.listener = listener;
        this.handler = handler;
    }

    /**
     * Binds and starts.
     *
     * @param port 0..65535, 0 = any free one
     * @throws UncheckedIOException if the address cannot be bound
     */
    public static WireServer start(InetAddress address, int port, Handler handler) {
        try {
            ServerSocket listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(address, port), 1024);
            WireServer server = new WireServer(listener, handler);
            Thread.ofVirtual()
                    .name("accept " + listener.getLocalSocketAddress())
                    .start(server::accept);
            return server;
        } catch (IOException fault) {
            throw new UncheckedIOException(
                    "cannot listen on " + address.getHostAddress() + ":" + port, fault);
        }
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Stops listening and closes every connection; idempotent. */
    @Override
    public void close() {
        closed = true;
        quietly(listener);
        connections.forEach(WireServer::quietly);
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = listener.accept();
                connections.add(socket);
                Thread.ofVirtual()
                        .name("http " + socket.getRemoteSocketAddress())
                        .start(() -> serve(socket));
                if (closed) {
                    quietly(socket);
                }
            } catch (IOException fault) {
                if (!closed) {
                    LOG.warn(
                            "cannot accept on {}: {}; going on",
                            listener.getLocalSocketAddress(),
                            fault.toString());
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            BufferedOutputStream out =
                    new BufferedOutputStream(socket.getOutputStream(), 16 * 1024);
            while (serveOne(socket, in, out)) {
                // next request on the same connection
            }
        } catch (SocketException | EOFException gone) {
            LOG.debug(
                    "connection ended: peer={}: {}",
                    socket.getRemoteSocketAddress(),
                    gone.getMessage());
        } catch (IOException fault) {
            LOG.debug(
                    "connection failed: peer={}: {}",
                    socket.getRemoteSocketAddress(),
                    fault.toString());
        } catch (RuntimeException fault) {
            LOG.error(
                    "request handler failed: peer={}; connection closed",
                    socket.getRemoteSocketAddress(),
                    fault);
        } finally {
            connections.remove(socket);
        }
    }

    private boolean serveOne(Socket socket, InputStream in, BufferedOutputStream out)
            throws IOException {
        String requestLine = readLine(in);
        if (requestLine == null) {
            return false;
        }
        String[] parts = requestLine.split(" ");
        if (parts.length != 3) {
            new WireExchange(socket, out, false)
                    .respond(WireResponse.of(400, "text/plain", "bad request line"));
            return false;
        }
        Map<String, List<String>> headers = readHeaders(in);
        byte[] body = readBody(in, headers);
        WireRequest request =
                new WireRequest(
                        parts[0],
                        parts[1],
                        headers,
                        body,
                        (InetSocketAddress) socket.getRemoteSocketAddress());
        WireExchange exchange = new WireExchange(socket, out, parts[0].equals("HEAD"));
        handler.handle(request, exchange);
        if (!exchange.isAnswered() && !exchange.isClosing()) {
            exchange.respond(WireResponse.of(500, "text/plain", "no answer"));
        }
        boolean wantsClose =
                request.firstHeader("connection").orElse("").equalsIgnoreCase("close")
                        || parts[2].equals("HTTP/1.0");
        return !exchange.isClosing() && !wantsClose;
    }

    private static Map<String, List<String>> readHeaders(InputStream in) throws IOException {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        while (true) {
            String line = readLine(in);
            if (line == null) {
                throw new EOFException("connection closed inside the headers");
            }
            if (line.isEmpty()) {
                return headers;
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.computeIfAbsent(
                                line.substring(0, colon).toLowerCase(Locale.ROOT),
                                key -> new ArrayList<>())
                        .add(line.substring(colon + 1).strip());
            }
        }
    }

    private static byte[] readBody(InputStream in, Map<String, List<String>> headers)
            throws IOException {
        if (headers.getOrDefault("transfer-encoding", List.of()).stream()
                .anyMatch("chunked"::equalsIgnoreCase)) {
            return readChunks(in);
        }
        int length =
                Integer.parseInt(headers.getOrDefault("content-length", List.of("0")).getFirst());
        if (length < 0 || length > MAX_BODY) {
            throw new IOException(
                    "request body of " + length + " bytes refused, limit is " + MAX_BODY);
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("connection closed inside the body");
        }
        return body;
    }

    private static byte[] readChunks(InputStream in) throws IOException {
        var body = new java.io.ByteArrayOutputStream();
        while (true) {
            String sizeLine = readLine(in);
            if (sizeLine == null) {
                throw new EOFException("connection closed inside the body");
            }
            int size = Integer.parseInt(sizeLine.split(";")[0].strip(), 16);
            if (size < 0 || body.size() + size > MAX_BODY) {
                throw new IOException("request body refused, limit is " + MAX_BODY + " bytes");
            }
            body.write(in.readNBytes(size));
            readLine(in);
            if (size == 0) {
                return body.toByteArray();
            }
        }
    }

    /** Reads a line without its CRLF or LF; null at a clean end of the connection. */
    private static @Nullable String readLine(InputStream in) throws IOException {
        var line = new java.io.ByteArrayOutputStream();
        while (true) {
            int next = in.read();
            if (next < 0) {
                if (line.size() == 0) {
                    return null;
                }
                throw new EOFException("connection closed inside a line");
            }
            if (next == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            line.write(next);
            if (line.size() > MAX_LINE) {
                throw new IOException("request line longer than " + MAX_LINE + " bytes");
            }
        }
    }

    private static void quietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception fault) {
            LOG.debug("already closed: {}", fault.toString());
        }
    }
}
