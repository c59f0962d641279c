package io.meridian.sources.marathon;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.ConfigFactory;

import io.meridian.sources.http.Server;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Reads one large listing in this process, which has a small heap; prints what came of it. */
public final class LargeListingMain {
    private static final byte[] FILLER = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);

    private LargeListingMain() {}

    /**
     * @param args MiB of the listing, a limit in MiB, and whether it is compressed
     */
    public static void main(String[] args) throws Exception {
        int size = Integer.parseInt(args[0]);
        long limit = Long.parseLong(args[1]) << 20;
        boolean compressed = Boolean.parseBoolean(args[2]);
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v2/apps", exchange -> listing(exchange, size, compressed));
        server.createContext(
                "/v2/pods",
                exchange -> {
                    exchange.sendResponseHeaders(200, 2);
                    exchange.getResponseBody().write("[]".getBytes(StandardCharsets.UTF_8));
                    exchange.close();
                });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        MarathonSettings plain =
                MarathonSettings.from(
                        ConfigFactory.parseString(
                                        "meridian.sources.marathon.urls = [\"" + url + "\"]")
                                .withFallback(ConfigFactory.load()));
        MarathonSettings settings =
                new MarathonSettings(
                        plain.connection(),
                        plain.frameworkName(),
                        plain.frameworkId(),
                        plain.firstEventTimeout(),
                        plain.reread(),
                        plain.listingInterval(),
                        limit,
                        plain.eventMaxSize(),
                        plain.agents());
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "large");
        MarathonHttp http =
                new MarathonHttp(
                        system,
                        settings,
                        system.dispatchers().lookup(DispatcherSelector.blocking()));
        ReadResult.OfListing result =
                new MarathonReads(http::get)
                        .listing(Server.at(URI.create(url)), false)
                        .toCompletableFuture()
                        .join();
        System.out.println(
                result instanceof ReadResult.Listing listing
                        ? "apps: " + listing.entries().readings().size()
                        : result.toString());
        Runtime.getRuntime().halt(0);
    }

    /** Apps of 1 MiB each, most of it in a field that the source does not read. */
    private static void listing(HttpExchange exchange, int size, boolean compressed)
            throws IOException {
        if (compressed) {
            exchange.getResponseHeaders().add("Content-Encoding", "gzip");
        }
        exchange.sendResponseHeaders(200, 0);
        OutputStream body = exchange.getResponseBody();
        try (OutputStream out =
                new BufferedOutputStream(compressed ? new GZIPOutputStream(body) : body)) {
            out.write("{\"apps\":[".getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < size; i++) {
                out.write(
                        ((i == 0 ? "" : ",") + "{\"id\":\"/a" + i + "\",\"tasks\":[],\"cmd\":\"")
                                .getBytes(StandardCharsets.UTF_8));
                out.write(FILLER);
                out.write("\"}".getBytes(StandardCharsets.UTF_8));
            }
            out.write("]}".getBytes(StandardCharsets.UTF_8));
        }
    }
}
