package io.meridian.sources.mesos;

import java.util.Optional;

/**
 * A framework that is subscribed.
 *
 * @param pid process id of the scheduler, empty text for an HTTP scheduler; empty if the document
 *     has no pids, as in the v1 API
 * @param hostname of the scheduler: an address or a name
 */
record FrameworkReport(String id, String name, Optional<String> pid, String hostname) {}
