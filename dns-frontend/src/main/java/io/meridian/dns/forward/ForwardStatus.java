package io.meridian.dns.forward;

import java.util.List;

/**
 * Counters of the forwarder since its start.
 *
 * @param upstreams the status of each upstream server, in the order of the settings
 * @param hits queries answered from unexpired cache entries, remembered failures among them
 * @param misses queries for which the cache had no unexpired entry
 * @param stale queries answered with an expired entry, because no server gave a better answer in
 *     time
 * @param coalesced misses that joined an exchange which another client had started
 * @param cached messages in the cache
 * @param cachedBytes approximate memory of the cached messages
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
