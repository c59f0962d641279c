package io.meridian.sources.mesos;

import java.util.Optional;
import java.util.Set;

/**
 * Settings of {@link MesosFold}.
 *
 * @param marathon see {@link MesosSettings}
 * @param bridgeNetworks see {@link MesosSettings}
 */
record FoldSettings(
        FailoverSettings failover,
        Optional<MarathonFramework> marathon,
        Set<String> bridgeNetworks) {}
