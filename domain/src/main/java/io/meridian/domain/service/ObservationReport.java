package io.meridian.domain.service;

import java.time.Instant;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What a {@link Service} reports to the ingest about an observation that it has applied.
 *
 * @param live number of the service's live tasks
 * @param missing live tasks that a listing lacks; empty for other observations
 * @param uncovered versions of observed running tasks whose port layout no known definition gives;
 *     these tasks start once the definition is known
 */
public record ObservationReport(
        int live, SortedMap<TaskId, MissingInstance> missing, SortedSet<Instant> uncovered) {}
