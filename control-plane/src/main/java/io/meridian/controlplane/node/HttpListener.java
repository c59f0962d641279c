package io.meridian.controlplane.node;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.japi.function.Function;

import io.meridian.controlplane.config.Configuration;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens this node's HTTP ports. */
final class HttpListener {
    private static final long SECONDS = 20;

    private final ActorSystem<?> system;
    private final Configuration configuration;

    HttpListener(ActorSystem<?> system, Configuration configuration) {
        this.system = system;
        this.configuration = configuration;
    }

    /**
     * Listens until the actor system ends. Ignores the bodies of requests.
     *
     * @param key key of the setting, without "meridian.", for the error message
     * @throws io.meridian.controlplane.config.ConfigurationException if the address cannot be bound
     */
    ServerBinding open(
            String key,
            InetSocketAddress listen,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler) {
        Function<HttpRequest, CompletionStage<HttpResponse>> withoutBody =
                request -> {
                    request.discardEntityBytes(system);
                    return handler.apply(request);
                };
        try {
            return Http.get(system)
                    .newServerAt(listen.getAddress().getHostAddress(), listen.getPort())
                    .bind(withoutBody)
                    .toCompletableFuture()
                    .get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException refused) {
            throw refused(key, listen, refused.getCause().getMessage());
        } catch (TimeoutException late) {
            throw refused(key, listen, "the bind did not complete within " + SECONDS + " s");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw refused(key, listen, "interrupted");
        }
    }

    private RuntimeException refused(String key, InetSocketAddress listen, String why) {
        return configuration.refused(
                "setting meridian."
                        + key
                        + " must be an address of this host and a free port that it may listen on:"
                        + " was "
                        + listen.getAddress().getHostAddress()
                        + ":"
                        + listen.getPort()
                        + ": "
                        + why);
    }
}
