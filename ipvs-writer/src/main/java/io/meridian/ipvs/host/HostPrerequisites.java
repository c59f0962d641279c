package io.meridian.ipvs.host;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.time.SteadyClock;

import java.util.Collection;
import java.util.List;

/**
 * What has to be right around a table of virtual servers, for each round of the reconciler. Calls
 * may block; one thread at a time.
 */
public interface HostPrerequisites {
    /** Where nothing is needed, as in a container's network namespace, or allowed. */
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
     * Before all else: whose new connections are to reach their real servers with the clients' own
     * addresses.
     *
     * @param servers all that are wanted so
     * @param audit compare with the host even what should be right
     * @return what is not right; tried again by the next call
     */
    List<Problem> preserveClientAddresses(Collection<Endpoint> servers, boolean audit);

    /**
     * Before virtual servers come in.
     *
     * @param servers all that are wanted
     * @return what is not right; tried again by the next call
     */
    List<Problem> beforeRound(Collection<Endpoint> servers);

    /**
     * After virtual servers have left.
     *
     * @param audit compare with the host even what should be right
     */
    List<Problem> afterRound(Collection<Endpoint> servers, boolean audit);

    /** Of this host, as the settings allow. */
    static HostPrerequisites of(HostSettings settings) {
        return settings.enabled()
                ? Firewall.of(settings, new Programs(), SteadyClock.INSTANCE)
                : NONE;
    }
}
