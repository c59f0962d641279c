package io.meridian.sources.http;

import java.net.URI;

/**
 * A complete HTTP response.
 *
 * @param base base URL of the server that answered
 * @param leader as in {@link Server#leader}
 * @param body empty if the body of an error response could not be read
 */
public record ApiResponse(URI base, int status, String leader, byte[] body) {
    public boolean isOk() {
        return status == 200;
    }
}
