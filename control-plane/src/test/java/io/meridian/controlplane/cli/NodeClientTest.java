package io.meridian.controlplane.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;

import io.meridian.controlplane.OperatorException;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Each failure says what the operator can look at. */
class NodeClientTest {
    private final NodeClient client = new NodeClient(Duration.ofSeconds(5), Duration.ofSeconds(1));

    @Test
    void anUnknownNameIsSaid() {
        assertThatThrownBy(() -> client.get("http://no-such-host.invalid:8181/api/nodes"))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("the host's name does not resolve: no-such-host.invalid");
    }

    @Test
    void aRefusedConnectionIsSaid() throws Exception {
        String url;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            url = "127.0.0.1:" + free.getLocalPort();
        }
        assertThatThrownBy(() -> client.get(url))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("cannot ask http://" + url + ": connection refused; no node");
    }

    @Test
    void aServerThatDoesNotAnswerIsSaid() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> client.get("http://127.0.0.1:" + silent.getLocalPort()))
                    .isInstanceOf(OperatorException.class)
                    .hasMessageContaining("no answer within 1 s");
        }
    }

    @Test
    void whatIsNoUrlIsSaid() {
        assertThatThrownBy(() -> client.get("ftp://127.0.0.1/x"))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("--url is not a URL");
    }

    @Test
    void aProblemIsItsTitleAndDetail() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 1);
        byte[] problem =
                "{\"title\":\"Not Found\",\"detail\":\"there is no /x\"}"
                        .getBytes(StandardCharsets.UTF_8);
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(404, problem.length);
                    exchange.getResponseBody().write(problem);
                    exchange.close();
                });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/api/services/x";
            assertThat(client.get(url).status()).isEqualTo(404);
            assertThatThrownBy(() -> client.body(url))
                    .isInstanceOf(OperatorException.class)
                    .hasMessage(url + " answered 404: Not Found: there is no /x");
        } finally {
            server.stop(0);
        }
    }
}
