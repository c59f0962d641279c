package io.meridian.dns.forward;

import io.meridian.dns.wire.Response;

import java.util.Optional;

/**
 * A response of an upstream server, or of the cache, on its way to a client.
 *
 * @param response empty if no upstream server answered
 * @param rule computes the TTLs that the client gets
 */
public record ForwardedResponse(Optional<Response> response, Response.TtlRule rule) {
    /** No upstream server answered; the client gets SERVFAIL. */
    public static final ForwardedResponse NONE =
            new ForwardedResponse(Optional.empty(), ttl -> ttl);
}
