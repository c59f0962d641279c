package io.meridian.dns.forward;

import java.util.List;

/**
 * What forwarding has done since the start.
 *
 * @param upstreams each server, in the order of the settings
 * @param hits answered from the cache while fresh; failures that are remembered are among them
 * @param misses asked of a server because the cache had nothing
 * @param stale answered with something expired because no server gave better in time
 * @param coalesced of the misses, those that joined a question already on its way
 * @param cached messages held
 * @param cachedBytes what they weigh, about
 */
public record ForwardStatus(
        List<UpstreamStatus> upstreams,
        long hits,
        long misses,
        long stale,
        long coalesced,
        long cached,
        long cachedBytes) {
    public ForwardStatus {
        upstreams = List.copyOf(upstreams);
    }
}
