package io.meridian.controlplane.node;

import io.meridian.actors.Entities;
import io.meridian.actors.ingest.IngestSettings;
import io.meridian.controlplane.config.CompatSettings;
import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.config.NodeSettings;
import io.meridian.controlplane.config.ReachabilitySettings;
import io.meridian.controlplane.config.VipSettings;
import io.meridian.dns.DnsSettings;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.vip.LiteralRules;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.NamingRules;
import io.meridian.feed.FeedSettings;
import io.meridian.ipvs.reconcile.IpvsSettings;
import io.meridian.projections.HousekeepingSettings;
import io.meridian.projections.NamingSettings;
import io.meridian.projections.ProjectionSettings;
import io.meridian.sources.marathon.MarathonSettings;
import io.meridian.sources.mesos.MesosSettings;

import java.util.List;

/**
 * The settings of every room, all read before any part starts. So an invalid value stops the node
 * with one line, before side effects.
 */
record NodeConfig(
        NodeSettings node,
        CompatSettings compat,
        ReachabilitySettings reachability,
        FeedSettings feed,
        DnsSettings dns,
        IpvsSettings ipvs,
        MarathonSettings marathon,
        IngestSettings ingest,
        MesosSettings mesos,
        IngestSettings mesosIngest,
        int serviceShards,
        ProjectionSettings projections,
        HousekeepingSettings housekeeping,
        NamingRules naming) {
    /** Whether at least one source is configured. */
    boolean hasSource() {
        return marathon.enabled() || mesos.enabled();
    }

    static NodeConfig from(Configuration configuration) {
        MarathonSettings marathon = configuration.read(MarathonSettings::from);
        MesosSettings mesos = configuration.read(MesosSettings::from);
        NodeSettings node = configuration.read(NodeSettings::from);
        IpvsSettings ipvs = configuration.read(IpvsSettings::from);
        List<AddressRange> vipRanges = List.of(ipvs.ownership().range(), ipvs.ownership().range6());
        DnsSettings dns =
                configuration.read(DnsSettings::from).at(node.id(), node.address(), vipRanges);
        return new NodeConfig(
                node,
                configuration.read(CompatSettings::from),
                configuration.read(ReachabilitySettings::from),
                configuration.read(FeedSettings::from),
                dns,
                ipvs,
                marathon,
                configuration.read(
                        config -> IngestSettings.ofMarathon(config, marathon.frameworkName())),
                mesos,
                configuration.read(
                        config -> IngestSettings.ofMesos(config, mesos.marathonFramework())),
                configuration.read(Entities::shards),
                configuration.read(ProjectionSettings::from),
                configuration.read(HousekeepingSettings::from),
                configuration
                        .read(config -> NamingSettings.from(config, dns.mesosDomain()))
                        .with(
                                new VipRules(
                                        new LiteralRules(
                                                vipRanges,
                                                configuration.read(VipSettings::literals),
                                                Machines.of(node, dns)))));
    }
}
