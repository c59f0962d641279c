package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.Running;
import io.meridian.domain.net.Labels.HostNameRule;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.vip.VipRules;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/**
 * Rows in a database stay until the version or the settings of the rules change. So a changed rule
 * must raise its version; otherwise it applies to new tasks only.
 */
class RulesVersionTest {
    private static final String WHAT_TO_DO =
            "the rules make other rows than they did: raise VERSION in %s, and write its number and"
                    + " the new digest here";

    @Test
    void aChangedNamingRuleRaisesItsVersion() throws Exception {
        List<String> rows = new ArrayList<>();
        for (NamingRules rules : rules()) {
            for (ServiceId service : services()) {
                for (Instance instance : instances()) {
                    rows.add(rules.rows(service, instance).toString());
                }
            }
        }
        assertThat(NamingRules.VERSION + " " + digest(rows))
                .as(WHAT_TO_DO, "NamingRules")
                .isEqualTo("2 56e877945f85e3aa");
    }

    @Test
    void aChangedVipRuleRaisesItsVersion() throws Exception {
        List<String> rows = new ArrayList<>();
        for (ServiceId service : services()) {
            for (Instance instance : instances()) {
                VipRules.ANY_LITERAL
                        .rows(service, instance)
                        .forEach(row -> rows.add(row.toString()));
            }
        }
        assertThat(VipRules.VERSION + " " + digest(rows))
                .as(WHAT_TO_DO, "VipRules")
                .isEqualTo("2 c985c72560863001");
    }

    @Test
    void aChangedRuleForTasksOfMesosAloneRaisesTheVersions() throws Exception {
        List<String> names = new ArrayList<>();
        List<String> vips = new ArrayList<>();
        for (ServiceId service : services()) {
            for (Instance instance : mesosInstances()) {
                rules().forEach(rule -> names.add(rule.rows(service, instance).toString()));
                VipRules.ANY_LITERAL
                        .rows(service, instance)
                        .forEach(row -> vips.add(row.toString()));
            }
        }
        assertThat(NamingRules.VERSION + " " + digest(names))
                .as(WHAT_TO_DO, "NamingRules")
                .isEqualTo("2 4353f52301625011");
        assertThat(VipRules.VERSION + " " + digest(vips))
                .as(WHAT_TO_DO, "VipRules")
                .isEqualTo("2 9d5e563546f48d71");
    }

    private static List<Instance> mesosInstances() {
        List<Instance> instances = new ArrayList<>();
        for (NetworkMode mode : NetworkMode.values()) {
            for (boolean discovered : new boolean[] {true, false}) {
                for (boolean alone : new boolean[] {true, false}) {
                    instances.add(Running.ofMesos(mode, discovered, alone));
                }
            }
        }
        return instances;
    }

    @Test
    void everySettingIsInTheFingerprint() {
        List<String> fingerprints = rules().stream().map(NamingRules::fingerprint).toList();

        assertThat(new TreeSet<>(fingerprints)).hasSameSizeAs(fingerprints);
        assertThat(NamingRules.of("mesos").fingerprint())
                .isEqualTo(NamingRules.of("mesos").fingerprint())
                .startsWith("names " + NamingRules.VERSION + ", ");
    }

    /** Each of these rules differs from the first in one setting. */
    private static List<NamingRules> rules() {
        MesosDnsRules usual = MesosDnsRules.of("mesos");
        TreeSet<String> none = new TreeSet<>();
        return List.of(
                new NamingRules(usual, true, true, true, none),
                new NamingRules(MesosDnsRules.of("a.example"), true, true, true, none),
                new NamingRules(
                        new MesosDnsRules(
                                "mesos",
                                List.of(IpSource.HOST, IpSource.NETINFO),
                                HostNameRule.RFC1123,
                                1),
                        true,
                        true,
                        true,
                        none),
                new NamingRules(
                        new MesosDnsRules("mesos", IpSource.DEFAULT_ORDER, HostNameRule.RFC952, 1),
                        true,
                        true,
                        true,
                        none),
                new NamingRules(
                        new MesosDnsRules("mesos", IpSource.DEFAULT_ORDER, HostNameRule.RFC1123, 2),
                        true,
                        true,
                        true,
                        none),
                new NamingRules(usual, false, true, true, none),
                new NamingRules(usual, true, false, true, none),
                new NamingRules(usual, true, true, false, none),
                new NamingRules(usual, true, true, true, new TreeSet<>(List.of("mesos"))));
    }

    private static List<ServiceId> services() {
        return List.of(
                new ServiceId("marathon", "/web"),
                new ServiceId("Team.A/My_FW", "/shop/front.end/4web_v1"),
                new ServiceId("chronos", "job with a blank"),
                new ServiceId("marathon", "/" + "w".repeat(70) + "/" + "x".repeat(70)));
    }

    private static List<Instance> instances() {
        List<Instance> instances = new ArrayList<>();
        for (NetworkMode mode : NetworkMode.values()) {
            for (String[] own : new String[][] {{}, {"9.0.0.5", "fd01:b::5"}}) {
                for (Health health : Health.values()) {
                    instances.add(
                            Running.task("web.instance-1")
                                    .mode(mode)
                                    .agent("20261122-1-S12", "192.0.2.7", "2001:db8::7")
                                    .host(own.length == 0 ? "192.0.2.7" : "node.example.org")
                                    .addresses(own)
                                    .checked(health)
                                    .port("http", "tcp", 80, 31000, "web:80")
                                    .port("", "udp,tcp", 53, 0, "/web:53")
                                    .port("any", "", 0, 0)
                                    .build());
                }
            }
        }
        return instances;
    }

    private static String digest(List<String> rows) throws Exception {
        byte[] hash =
                MessageDigest.getInstance("SHA-256")
                        .digest(String.join("\n", rows).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, 8);
    }
}
