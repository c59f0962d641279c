package io.meridian.sources.http;

import java.io.InputStream;
import java.net.URI;

/**
 * An HTTP response while it is being read; void once {@link ApiClient} has closed the body.
 *
 * @param base base URL of the server that answered
 * @param leader as in {@link Server#leader}
 * @param body the decompressed body as it arrives; blocks, and fails beyond the limit or the
 *     request's timeout. Of an error response only the start, or nothing if it could not be read
 */
public record ApiResponse(URI base, int status, String leader, InputStream body) {
    public boolean isOk() {
        return status == 200;
    }
}
