package io.meridian.sources.mesos;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;

import com.sun.net.httpserver.HttpExchange;

import io.meridian.sources.SourceSignal;
import io.meridian.sources.http.SelfSigned;
import io.meridian.sources.json.JsonStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** An https master behind a proxy with a path of its own, as DC/OS's Admin Router is. */
class MesosTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir static Path dir;

    private static final BlockingQueue<String> TOKENS = new LinkedBlockingQueue<>();
    private static ActorTestKit kit;
    private static SelfSigned signed;

    @BeforeAll
    static void startServer() throws Exception {
        kit = ActorTestKit.create();
        signed = SelfSigned.in(dir);
        signed.server().createContext("/mesos/api/v1", MesosTlsTest::call);
        signed.server().start();
    }

    @AfterAll
    static void stopServer() {
        signed.server().stop(0);
        kit.shutdownTestKit();
    }

    @Test
    void anAuthorityFromAFileIsTrustedAndTheTokenComesFromAFile() throws Exception {
        Path token = dir.resolve("token");
        Files.writeString(token, "jwt-1\n");
        TestProbe<SourceSignal> sink =
                start(
                        "tls.ca-file = \""
                                + signed.authority()
                                + "\", credentials.token-file = \""
                                + token
                                + "\"");
        assertThat(sink.receiveMessage(PATIENCE)).isInstanceOf(SourceSignal.Attached.class);
        assertThat(TOKENS.take()).isEqualTo("token=jwt-1");
    }

    @Test
    void anUnknownAuthorityIsNotTrusted() {
        TestProbe<SourceSignal> sink = start("");
        assertThat(((SourceSignal.Detached) sink.receiveMessage(PATIENCE)).cause())
                .contains("PKIX");
    }

    private static TestProbe<SourceSignal> start(String settings) {
        TestProbe<SourceSignal> sink = kit.createTestProbe();
        kit.spawn(
                MesosSource.create(
                        MesosSourceTest.settings(
                                "urls = [\"https://localhost:"
                                        + signed.port()
                                        + "/mesos\"]\n"
                                        + settings),
                        sink.ref(),
                        new MesosCounters()));
        return sink;
    }

    private static void call(HttpExchange exchange) throws IOException {
        TOKENS.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        String type = JsonStream.tree(exchange.getRequestBody()).path("type").asText();
        if (!type.equals("SUBSCRIBE")) {
            SelfSigned.json(exchange, MesosSourceTest.master("10.0.9.1"));
            return;
        }
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(
                    RecordReaderLawTest.framed(
                            List.of(MesosSourceTest.cluster().getBytes(StandardCharsets.UTF_8))));
            out.flush();
            Thread.sleep(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
