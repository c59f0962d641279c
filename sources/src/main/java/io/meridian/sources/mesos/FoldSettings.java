package io.meridian.sources.mesos;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What {@link MesosFold} goes by.
 *
 * @param limit how long a new leader's agents may take to come back
 * @param quiet how long to wait for tasks after the last of them
 * @param marathonFramework see {@link MesosSettings}
 * @param bridgeNetworks see {@link MesosSettings}
 */
record FoldSettings(
        Duration limit,
        Duration quiet,
        Optional<String> marathonFramework,
        Set<String> bridgeNetworks) {}
