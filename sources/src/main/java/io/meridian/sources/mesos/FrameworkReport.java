package io.meridian.sources.mesos;

import java.util.Optional;

/**
 * A framework that is subscribed.
 *
 * @param pid of its scheduler, empty text for one that speaks HTTP; empty if this document does not
 *     tell pids, as the v1 API does not
 * @param hostname of its scheduler: an address or a name
 */
record FrameworkReport(String id, String name, Optional<String> pid, String hostname) {}
