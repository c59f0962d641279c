package io.meridian.projections;

import com.typesafe.config.Config;

import io.meridian.domain.net.Labels.HostNameRule;
import io.meridian.domain.zone.DcosZone;
import io.meridian.domain.zone.IpSource;
import io.meridian.domain.zone.MesosDnsRules;
import io.meridian.domain.zone.NamingRules;
import io.meridian.domain.zone.ReverseZones;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** Reads the naming rules' settings: {@code meridian.zones}, and Mesos-DNS's own. */
public final class NamingSettings {
    private static final String DNS = "meridian.dns.";
    private static final String ZONES = "meridian.zones.";

    private NamingSettings() {}

    /**
     * @param config with {@code meridian.dns} and {@code meridian.zones}, as in this room's {@code
     *     reference.conf}
     * @param mesosDomain origin of the Mesos domain, lower case, without trailing dot
     * @throws IllegalArgumentException if a value is out of its range
     */
    public static NamingRules from(Config config, String mesosDomain) {
        int weight = config.getInt(DNS + "srv-weight");
        if (weight < 0 || weight > 65535) {
            throw wrong(DNS + "srv-weight", "between 0 and 65535", Integer.toString(weight));
        }
        MesosDnsRules mesosDns =
                new MesosDnsRules(
                        mesosDomain,
                        ipSources(config),
                        config.getBoolean(DNS + "enforce-rfc952")
                                ? HostNameRule.RFC952
                                : HostNameRule.RFC1123,
                        weight);
        return new NamingRules(
                mesosDns,
                config.getBoolean(ZONES + "dcos-names"),
                config.getBoolean(ZONES + "task-text"),
                config.getBoolean(ZONES + "reverse"),
                healthGated(config, mesosDomain));
    }

    private static List<IpSource> ipSources(Config config) {
        String key = DNS + "ip-sources";
        String rule = "a list of netinfo, docker, mesos and host, each at most once, not empty";
        List<IpSource> sources = new ArrayList<>();
        for (String text : config.getStringList(key)) {
            IpSource source = IpSource.parse(text).orElseThrow(() -> wrong(key, rule, text));
            if (sources.contains(source)) {
                throw wrong(key, rule, config.getStringList(key).toString());
            }
            sources.add(source);
        }
        if (sources.isEmpty()) {
            throw wrong(key, rule, "[]");
        }
        return sources;
    }

    private static TreeSet<String> healthGated(Config config, String mesosDomain) {
        String key = ZONES + "health-gated";
        List<String> known =
                List.of(mesosDomain, DcosZone.ORIGIN, ReverseZones.IPV4, ReverseZones.IPV6);
        TreeSet<String> zones = new TreeSet<>();
        for (String text : config.getStringList(key)) {
            String zone = text.toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
            if (!known.contains(zone)) {
                throw wrong(key, "a list of zones of tasks, any of " + known, text);
            }
            zones.add(zone);
        }
        return zones;
    }

    private static IllegalArgumentException wrong(String key, String rule, String value) {
        return new IllegalArgumentException(
                "setting " + key + " must be " + rule + ": was " + value);
    }
}
