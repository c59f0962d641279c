package io.meridian.controlplane.node;

import akka.actor.ActorSystem;
import akka.actor.Props;
import akka.cluster.Cluster;
import akka.cluster.DowningProvider;
import akka.cluster.sbr.SplitBrainResolver;
import akka.cluster.sbr.SplitBrainResolverSettings;

import io.meridian.controlplane.config.Role;

import scala.Option;
import scala.concurrent.duration.FiniteDuration;

/**
 * Akka's split-brain resolver with {@link MasterMajorityStrategy}. Akka creates it if {@code
 * akka.cluster.downing-provider-class} names it.
 */
public final class MasterMajorityDowningProvider extends DowningProvider {
    private final ActorSystem system;
    private final FiniteDuration stableAfter;

    public MasterMajorityDowningProvider(ActorSystem system) {
        this.system = system;
        this.stableAfter =
                new SplitBrainResolverSettings(system.settings().config()).DowningStableAfter();
    }

    @Override
    public FiniteDuration downRemovalMargin() {
        return stableAfter;
    }

    @Override
    public Option<Props> downingActorProps() {
        Cluster cluster = Cluster.get(system);
        return Option.apply(
                SplitBrainResolver.props(
                        stableAfter,
                        new MasterMajorityStrategy(
                                cluster.selfMember().dataCenter(),
                                Role.MASTER.label(),
                                cluster.selfUniqueAddress())));
    }
}
