package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsServer;
import com.typesafe.config.ConfigFactory;

import io.meridian.sources.SourceSignal;
import io.meridian.sources.http.SelfSigned;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** An https Marathon behind a proxy, which sends chunks and keeps connections. */
class TlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir static Path dir;

    private static ActorTestKit kit;
    private static HttpsServer server;
    private static Path authority;

    @BeforeAll
    static void startServer() throws Exception {
        kit = ActorTestKit.create();
        SelfSigned signed = SelfSigned.in(dir);
        server = signed.server();
        authority = signed.authority();
        server.createContext("/marathon/v2/events", TlsTest::events);
        server.createContext(
                "/marathon/v2/apps", exchange -> SelfSigned.json(exchange, "{\"apps\":[]}"));
        server.createContext("/marathon/v2/pods", exchange -> SelfSigned.json(exchange, "[]"));
        server.start();
    }

    @AfterAll
    static void stopServer() {
        server.stop(0);
        kit.shutdownTestKit();
    }

    @Test
    void anAuthorityFromAFileIsTrustedForItsHost() {
        TestProbe<SourceSignal> sink = start("localhost", "tls.ca-file = \"" + authority + "\"");
        assertThat(sink.receiveMessage(PATIENCE)).isInstanceOf(SourceSignal.Attached.class);
        assertThat(sink.receiveMessage(PATIENCE)).isInstanceOf(SourceSignal.ListedAll.class);
        assertThat(sink.receiveMessage(PATIENCE))
                .as("the stream ends, the connection stays")
                .isInstanceOf(SourceSignal.Detached.class);
        assertThat(sink.receiveMessage(PATIENCE)).isInstanceOf(SourceSignal.Attached.class);
    }

    @Test
    void aCertificateOfAnotherHostIsNotTrusted() {
        TestProbe<SourceSignal> sink = start("127.0.0.1", "tls.ca-file = \"" + authority + "\"");
        assertThat(((SourceSignal.Detached) sink.receiveMessage(PATIENCE)).cause())
                .contains("127.0.0.1");
    }

    @Test
    void anUnknownAuthorityIsNotTrusted() {
        TestProbe<SourceSignal> sink = start("localhost", "");
        assertThat(((SourceSignal.Detached) sink.receiveMessage(PATIENCE)).cause())
                .contains("PKIX");
    }

    @Test
    void withoutVerificationAnyCertificateIsTrusted() {
        TestProbe<SourceSignal> sink = start("127.0.0.1", "tls.verify = false");
        assertThat(sink.receiveMessage(PATIENCE)).isInstanceOf(SourceSignal.Attached.class);
    }

    private static TestProbe<SourceSignal> start(String host, String tls) {
        TestProbe<SourceSignal> sink = kit.createTestProbe();
        String url = "https://" + host + ":" + server.getAddress().getPort() + "/marathon";
        kit.spawn(
                MarathonSource.create(
                        MarathonSettings.from(
                                ConfigFactory.parseString(
                                                "meridian.sources.marathon { urls = [\""
                                                        + url
                                                        + "\"]\n"
                                                        + tls
                                                        + "}")
                                        .withFallback(ConfigFactory.defaultReference())
                                        .resolve()),
                        sink.ref(),
                        new MarathonCounters()));
        return sink;
    }

    private static void events(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream;charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(
                    "event: event_stream_attached\r\ndata: {\"remoteAddress\":\"x\"}\r\n\r\n"
                            .getBytes(StandardCharsets.UTF_8));
            out.flush();
            Thread.sleep(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
