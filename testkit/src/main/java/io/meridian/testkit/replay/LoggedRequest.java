package io.meridian.testkit.replay;

import java.time.Instant;

/**
 * A call of the API as logged when it was answered.
 *
 * @param body "" if there was none
 * @param response "" if there was none
 */
public record LoggedRequest(
        Instant at, String method, String target, String body, String response) {}
