package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceDefinition;

/** Result of a read from Marathon's REST API. */
sealed interface ReadResult {
    /** The read failed, and proves nothing about any service. */
    record Failed(String cause) implements ReadResult, OfListing, OfService, OfVersion {}

    /** Result of a full listing. */
    sealed interface OfListing extends ReadResult {}

    /** Result of reading one service. */
    sealed interface OfService extends ReadResult {}

    /** Result of reading one version of one definition. */
    sealed interface OfVersion extends ReadResult {}

    /**
     * Everything that Marathon lists. All responses came from one leader.
     *
     * @param podApi whether this Marathon has pods
     */
    record Listing(ListingReader.Part entries, boolean podApi) implements OfListing {}

    /** The responses came from different leaders, or not from the leader of the stream. */
    record LeaderDiffers(String stream, String found) implements OfListing {}

    /** The service as Marathon described it when it answered. */
    record Service(Reading reading) implements OfService {}

    /** Marathon answered that it has no such service or version. */
    record NotDefined() implements OfService, OfVersion {}

    /** The definition at the requested version. */
    record Version(ServiceDefinition definition) implements OfVersion {}
}
