package io.meridian.controlplane.compat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.japi.function.Function;

import com.typesafe.config.ConfigFactory;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** An HTTP server on a free port of 127.0.0.1, with the program's own settings. */
final class Listening implements AutoCloseable {
    private static final String SETTINGS =
            "akka { actor.provider = local, http.server.server-header = \"\" }";

    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString(SETTINGS));
    private final HttpClient client = HttpClient.newHttpClient();
    private final ServerBinding binding;

    Listening(Function<HttpRequest, CompletionStage<HttpResponse>> api)
            throws ExecutionException, InterruptedException {
        Function<HttpRequest, CompletionStage<HttpResponse>> handler =
                request -> {
                    request.discardEntityBytes(kit.system());
                    return api.apply(request);
                };
        binding =
                Http.get(kit.system())
                        .newServerAt("127.0.0.1", 0)
                        .bind(handler)
                        .toCompletableFuture()
                        .get();
    }

    InetSocketAddress address() {
        return binding.localAddress();
    }

    java.net.http.HttpResponse<String> get(String path, String... headers) throws Exception {
        var request =
                java.net.http.HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + address().getPort() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        client.close();
        kit.shutdownTestKit();
    }
}
