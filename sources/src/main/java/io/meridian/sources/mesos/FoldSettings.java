package io.meridian.sources.mesos;

import java.util.Optional;
import java.util.Set;

/**
 * Settings of {@link MesosFold}.
 *
 * @param marathonFramework see {@link MesosSettings}
 * @param bridgeNetworks see {@link MesosSettings}
 */
record FoldSettings(
        FailoverSettings failover,
        Optional<String> marathonFramework,
        Set<String> bridgeNetworks) {}
