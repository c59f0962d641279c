package io.meridian.controlplane.node;

import io.meridian.actors.Entities;
import io.meridian.actors.ingest.IngestSettings;
import io.meridian.controlplane.config.CompatSettings;
import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.config.HostChecks;
import io.meridian.controlplane.config.NodeSettings;
import io.meridian.controlplane.config.ReachabilitySettings;
import io.meridian.controlplane.config.Role;
import io.meridian.controlplane.config.TlsFiles;
import io.meridian.controlplane.config.VipSettings;
import io.meridian.controlplane.http.HttpSettings;
import io.meridian.dns.DnsSettings;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.vip.BackendRules;
import io.meridian.domain.vip.LiteralRules;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.NamingRules;
import io.meridian.feed.FeedSettings;
import io.meridian.ipvs.reconcile.IpvsSettings;
import io.meridian.projections.HousekeepingSettings;
import io.meridian.projections.NamingSettings;
import io.meridian.projections.ProjectionSettings;
import io.meridian.sources.http.TlsContexts;
import io.meridian.sources.marathon.MarathonSettings;
import io.meridian.sources.mesos.MarathonFramework;
import io.meridian.sources.mesos.MesosSettings;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * The settings of every room, all read before any part starts. So an invalid value stops the node
 * with one line, before side effects.
 */
record NodeConfig(
        NodeSettings node,
        HttpSettings http,
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
    /**
     * Reads and checks all settings. Looks at files, directories and addresses of this host, and
     * changes nothing.
     *
     * @throws io.meridian.controlplane.config.ConfigurationException for the first invalid setting
     */
    static NodeConfig from(Configuration configuration) {
        NodeConfig config = read(configuration);
        configuration.read(
                _ -> {
                    config.requireSource();
                    config.requireHost();
                    return config;
                });
        return config;
    }

    private void requireSource() {
        if (node.is(Role.MASTER) && !marathon.enabled() && !mesos.enabled()) {
            throw new IllegalArgumentException(
                    "setting meridian.sources.marathon.urls must be a list of at least one URL on a"
                            + " node with role master, unless sources.mesos.urls or"
                            + " sources.mesos.zookeeper is set: was []");
        }
    }

    private void requireHost() {
        if (node.is(Role.AGENT)) {
            HostChecks.requireWritable(
                    "state.directory", node.stateDirectory().resolve(AgentPart.IMAGES));
            HostChecks.requireOwn("dns.listen", dns.listen());
        }
        if (node.is(Role.MASTER)) {
            if (node.journal() instanceof NodeSettings.Journal.Embedded(Path directory)) {
                HostChecks.requireWritable(
                        directory.startsWith(node.stateDirectory())
                                ? "state.directory"
                                : "journal.embedded.directory",
                        directory);
            }
            TlsContexts.client(marathon.connection().tls(), "meridian.sources.marathon");
            TlsContexts.client(mesos.connection().tls(), "meridian.sources.mesos");
        }
        HostChecks.requireOwn("http.listen", List.of(node.http()));
        compat.mesosDns()
                .ifPresent(own -> HostChecks.requireOwn(CompatSettings.MESOS_DNS, List.of(own)));
        compat.dcosNet()
                .ifPresent(own -> HostChecks.requireOwn(CompatSettings.DCOS_NET, List.of(own)));
        if (!node.cluster().seeds().isEmpty()) {
            HostChecks.requireOwn(
                    "node.address", List.of(new InetSocketAddress(node.address().toString(), 0)));
        }
        node.cluster().tls().ifPresent(tls -> TlsFiles.requireUsable(tls, Instant.now()));
    }

    private static NodeConfig read(Configuration configuration) {
        MarathonSettings marathon = configuration.read(MarathonSettings::from);
        MesosSettings mesos = configuration.read(MesosSettings::from);
        NodeSettings node = configuration.read(NodeSettings::from);
        IpvsSettings ipvs = configuration.read(IpvsSettings::from);
        List<AddressRange> vipRanges = List.of(ipvs.ownership().range(), ipvs.ownership().range6());
        DnsSettings dns =
                configuration.read(DnsSettings::from).at(node.id(), node.address(), vipRanges);
        return new NodeConfig(
                node,
                configuration.read(HttpSettings::from),
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
                        config ->
                                IngestSettings.ofMesos(
                                        config, mesos.marathon().map(MarathonFramework::name))),
                serviceShards(configuration),
                configuration.read(ProjectionSettings::from),
                configuration.read(HousekeepingSettings::from),
                configuration
                        .read(config -> NamingSettings.from(config, dns.mesosDomain()))
                        .with(
                                new VipRules(
                                        new LiteralRules(
                                                vipRanges,
                                                configuration.read(VipSettings::literals),
                                                Machines.named(node, dns)),
                                        new BackendRules(
                                                BackendRules.isLoopback(node.address())))));
    }

    /** Also checks the setting that the entities read themselves. */
    private static int serviceShards(Configuration configuration) {
        configuration.read(Entities::releaseAfter);
        return configuration.read(Entities::shards);
    }
}
