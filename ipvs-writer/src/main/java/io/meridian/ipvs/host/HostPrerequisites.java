package io.meridian.ipvs.host;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.time.SteadyClock;

import java.util.Collection;
import java.util.List;

/**
 * Maintains the host's prerequisites around the table of virtual servers: firewall rules and sets.
 * Calls may block; one thread at a time.
 */
public interface HostPrerequisites {
    /** No prerequisites: of a container's network namespace, or if the settings forbid changes. */
    HostPrerequisites NONE =
            new HostPrerequisites() {
                @Override
                public List<Problem> preserveClientAddresses(
                        Collection<Endpoint> servers, boolean audit) {
                    return List.of();
                }

                @Override
                public List<Problem> beforeRound(Collection<Endpoint> servers) {
                    return List.of();
                }

                @Override
                public List<Problem> afterRound(Collection<Endpoint> servers, boolean audit) {
                    return List.of();
                }
            };

    /**
     * Sets the virtual servers whose real servers see client addresses; the first call of a round.
     *
     * @param servers all of them
     * @param audit whether to compare even complete rules and sets with the host
     * @return what failed; the next call tries again
     */
    List<Problem> preserveClientAddresses(Collection<Endpoint> servers, boolean audit);

    /**
     * Prepares the host before virtual servers are added.
     *
     * @param servers all desired virtual servers
     * @return what failed; the next call tries again
     */
    List<Problem> beforeRound(Collection<Endpoint> servers);

    /**
     * Cleans up after virtual servers are removed.
     *
     * @param servers all virtual servers after the round
     * @param audit whether to compare even complete rules and sets with the host
     * @return what failed; the next call tries again
     */
    List<Problem> afterRound(Collection<Endpoint> servers, boolean audit);

    /** Prerequisites of this host, as the settings allow. */
    static HostPrerequisites of(HostSettings settings) {
        return settings.enabled()
                ? Firewall.of(settings, new Programs(), SteadyClock.INSTANCE)
                : NONE;
    }
}
