package io.meridian.actors.ingest;

import io.meridian.domain.service.Observation;

import java.time.Instant;

/**
 * An observation on its way to its entity, and how old the evidence in it is.
 *
 * @param attach how often the source had attached when it was told of; what a listing lacks means
 *     nothing after the next
 * @param asked for a listing: when it was asked for, else as {@code received}
 * @param received when the source told of it
 */
record Claim(Observation observation, int attach, Instant asked, Instant received) {
    Claim with(Observation other) {
        return new Claim(other, attach, asked, received);
    }
}
