package io.meridian.controlplane.http;

import static org.assertj.core.api.Assertions.assertThat;

import akka.NotUsed;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Source;
import akka.util.ByteString;

import io.meridian.controlplane.config.Configuration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Clients that an HTTP listener does not know, over real sockets. */
class StrangersTest {
    private static final ActorTestKit KIT = ActorTestKit.create("akka.actor.provider = local");
    private static final int DEADLINE = 60_000; // bounds a hang, milliseconds
    private static final String WHOLE = "GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String HALF = "GET /health/ready HTTP/1.1\r\nHost: x\r\nX: ";

    private final List<Socket> sockets = new ArrayList<>();

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void halfRequestsOfOneNeighbourKeepNobodyOut() throws Exception {
        InetSocketAddress server = listen(Map.of("http.idle-timeout", "10 m"));
        for (int i = 0; i < 1100; i++) {
            send(server, "127.0.0.9", HALF);
        }

        assertThat(answer(send(server, "127.0.0.1", WHOLE))).startsWith("HTTP/1.1 200");
        assertThat(answer(send(server, "127.0.0.9", WHOLE)))
                .as("the neighbour itself")
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void idleConnectionsOfManyNeighboursKeepNobodyOut() throws Exception {
        InetSocketAddress server = listen(Map.of("http.idle-timeout", "10 m"));
        for (int i = 0; i < 1125; i++) {
            connect(server, "127.0.1." + i % 100);
        }

        assertThat(answer(send(server, "127.0.0.1", WHOLE))).startsWith("HTTP/1.1 200");
    }

    @Test
    void aClientBeyondItsLimitLosesItsOwnOldestConnection() throws Exception {
        InetSocketAddress server = listen(Map.of("http.max-connections-per-client", "2"));
        Socket other = send(server, "127.0.0.8", WHOLE);
        assertThat(answer(other)).startsWith("HTTP/1.1 200");
        Socket first = send(server, "127.0.0.9", WHOLE);
        assertThat(answer(first)).startsWith("HTTP/1.1 200");
        Socket second = send(server, "127.0.0.9", WHOLE);
        assertThat(answer(second)).startsWith("HTTP/1.1 200");

        Socket third = send(server, "127.0.0.9", WHOLE);

        assertThat(answer(third)).startsWith("HTTP/1.1 200");
        assertThat(isClosed(first)).isTrue();
        ask(second, WHOLE);
        assertThat(answer(second)).startsWith("HTTP/1.1 200");
        ask(other, WHOLE);
        assertThat(answer(other)).startsWith("HTTP/1.1 200");
    }

    @Test
    void aRequestThatTricklesInIsCut() throws Exception {
        InetSocketAddress server = listen(Map.of("http.idle-timeout", "1 s"));
        Socket slow = send(server, "127.0.0.1", HALF);

        assertThat(isCutWhileItTrickles(slow)).isTrue();
        assertThat(answer(send(server, "127.0.0.1", WHOLE))).startsWith("HTTP/1.1 200");
    }

    /** Sends a byte of a header now and then, for thirty times the timeout. */
    private static boolean isCutWhileItTrickles(Socket socket) throws Exception {
        try {
            for (int i = 0; i < 300; i++) {
                ask(socket, "a");
                Thread.sleep(100); // the pace of the client
            }
            return false;
        } catch (SocketException cut) {
            return true;
        }
    }

    @Test
    void anIdleConnectionIsCut() throws Exception {
        InetSocketAddress server = listen(Map.of("http.idle-timeout", "1 s"));

        assertThat(isClosed(connect(server, "127.0.0.1"))).isTrue();
    }

    @Test
    void aClientThatTakesNothingIsCutAndOneThatTakesAllIsNot() throws Exception {
        InetSocketAddress server = listen(Map.of("http.idle-timeout", "1 s"));
        Socket silent = send(server, "127.0.0.1", WHOLE.replace("health/ready", "endless"));
        Socket reader = send(server, "127.0.0.1", WHOLE.replace("health/ready", "trickle"));
        byte[] buffer = new byte[1 << 16];
        int seen = 0;
        while (seen < 20) { // a byte each 200 ms, for four times the timeout
            int count = reader.getInputStream().read(buffer);
            assertThat(count).as("the reader stays connected").isPositive();
            seen += count(buffer, count);
        }

        assertThat(isReset(silent)).isTrue();
    }

    @Test
    void aBodyThatComesAfterItsHeadIsReadWhole() throws Exception {
        InetSocketAddress server = listen(Map.of());
        Socket socket =
                send(
                        server,
                        "127.0.0.1",
                        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
        Thread.sleep(200); // so that head and body are two segments
        ask(socket, "echo ");
        Thread.sleep(200);
        ask(socket, "ready");

        assertThat(answer(socket)).startsWith("HTTP/1.1 200").endsWith("echo ready");
    }

    @Test
    void aBodyThatIsTooLongIsRefused() throws Exception {
        InetSocketAddress server = listen(Map.of());
        Socket socket =
                send(
                        server,
                        "127.0.0.1",
                        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n");

        assertThat(answer(socket)).startsWith("HTTP/1.1 400");
    }

    @Test
    void aHeadRequestIsAGetRequestWithoutTheBody() throws Exception {
        InetSocketAddress server = listen(Map.of());
        Socket socket =
                send(
                        server,
                        "127.0.0.1",
                        "HEAD /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        String answer =
                new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

        assertThat(answer).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
    }

    private static int count(byte[] bytes, int length) {
        int dots = 0;
        for (int i = 0; i < length; i++) {
            dots += bytes[i] == '.' ? 1 : 0;
        }
        return dots;
    }

    private static InetSocketAddress listen(Map<String, String> settings) {
        Configuration configuration = Configuration.load(Optional.empty(), settings);
        return new HttpListener(KIT.system(), configuration, configuration.read(HttpSettings::from))
                .open(
                        "http.listen",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        true,
                        StrangersTest::answer);
    }

    private static CompletionStage<HttpResponse> answer(HttpRequest request) {
        HttpResponse response =
                switch (request.getUri().path()) {
                    case "/endless" -> streamed(endless());
                    case "/trickle" -> streamed(trickle());
                    case "/echo" ->
                            HttpResponse.create()
                                    .withEntity(((HttpEntity.Strict) request.entity()).getData());
                    default -> HttpResponse.create().withEntity("ready");
                };
        return CompletableFuture.completedFuture(response);
    }

    private static HttpResponse streamed(Source<ByteString, NotUsed> bytes) {
        return HttpResponse.create()
                .withEntity(HttpEntities.createCloseDelimited(ContentTypes.TEXT_PLAIN_UTF8, bytes));
    }

    private static Source<ByteString, NotUsed> endless() {
        return Source.repeat(ByteString.fromArray(new byte[1 << 16]));
    }

    private static Source<ByteString, NotUsed> trickle() {
        return Source.tick(
                        java.time.Duration.ZERO,
                        java.time.Duration.ofMillis(200),
                        ByteString.fromString("."))
                .mapMaterializedValue(_ -> NotUsed.getInstance());
    }

    private Socket connect(InetSocketAddress server, String from) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setSoTimeout(DEADLINE);
        socket.setTcpNoDelay(true);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(server, DEADLINE);
        return socket;
    }

    private Socket send(InetSocketAddress server, String from, String text) throws IOException {
        Socket socket = connect(server, from);
        ask(socket, text);
        return socket;
    }

    private static void ask(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The first bytes of an answer; empty if the server closed the connection. */
    private static String answer(Socket socket) throws IOException {
        byte[] buffer = new byte[1 << 16];
        StringBuilder text = new StringBuilder();
        while (text.indexOf("ready") < 0 && text.indexOf(" 400 ") < 0) {
            int count = socket.getInputStream().read(buffer);
            if (count < 0) {
                break;
            }
            text.append(new String(buffer, 0, count, StandardCharsets.US_ASCII));
        }
        return text.toString();
    }

    /** Whether the server closes the connection without a word; a reset counts. */
    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** Whether the server resets the connection, after what the kernel has taken. */
    private static boolean isReset(Socket socket) throws IOException {
        byte[] buffer = new byte[1 << 16];
        try {
            long taken = 0;
            while (taken < 1L << 30) {
                int count = socket.getInputStream().read(buffer);
                if (count < 0) {
                    return true;
                }
                taken += count;
            }
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }
}
