package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceDefinition;

import java.util.List;

/** What came of reading something from Marathon. */
sealed interface Outcome {
    /** It could not be read now; nothing is known of it. */
    record Failed(String cause) implements Outcome, OfListing, OfService, OfVersion {}

    /** Of a full listing. */
    sealed interface OfListing extends Outcome {}

    /** Of reading one service. */
    sealed interface OfService extends Outcome {}

    /** Of reading one version of one definition. */
    sealed interface OfVersion extends Outcome {}

    /**
     * All parts were answered by the same leader.
     *
     * @param refused entries that could not be told; if there are any, absence proves nothing
     * @param podApi whether this Marathon has pods at all
     */
    record Listing(List<Reading> readings, List<String> refused, boolean podApi)
            implements OfListing {}

    /** The parts came from different leaders, or from another than the stream's. */
    record LeaderDiffers(String stream, String found) implements OfListing {}

    /** The service as it is now. */
    record Service(Reading reading) implements OfService {}

    /** Marathon's word that there is no such service or version. */
    record NotDefined() implements OfService, OfVersion {}

    /** The definition as it was. */
    record Version(ServiceDefinition definition) implements OfVersion {}
}
