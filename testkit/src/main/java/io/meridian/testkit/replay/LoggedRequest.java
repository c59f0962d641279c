package io.meridian.testkit.replay;

import java.time.Instant;

/**
 * An API request, logged when Marathon answered it.
 *
 * @param body "" if there was none
 * @param response "" if there was none
 */
public record LoggedRequest(
        Instant at, String method, String target, String body, String response) {}
