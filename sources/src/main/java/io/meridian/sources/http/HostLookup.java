package io.meridian.sources.http;

import io.meridian.domain.net.IpAddress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Resolves a host name without blocking the caller. */
@FunctionalInterface
public interface HostLookup {
    /** The addresses of a name. A name without addresses gives an empty list or a failure. */
    CompletionStage<List<IpAddress>> lookUp(String host);

    /** The operating system's resolver, one virtual thread for each lookup. */
    static HostLookup system(Duration timeout) {
        Executor threads = task -> Thread.ofVirtual().name("agent-lookup").start(task);
        return host ->
                CompletableFuture.supplyAsync(() -> addresses(host), threads)
                        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static List<IpAddress> addresses(String host) {
        try {
            return Stream.of(InetAddress.getAllByName(host))
                    .map(address -> IpAddress.of(address.getAddress()))
                    .toList();
        } catch (UnknownHostException e) {
            return List.of();
        }
    }
}
