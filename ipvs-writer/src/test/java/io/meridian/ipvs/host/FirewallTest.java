package io.meridian.ipvs.host;

import static io.meridian.ipvs.Samples.tcp;
import static io.meridian.ipvs.Samples.udp;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;

import io.meridian.domain.net.Endpoint;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;

class FirewallTest {
    private static final String MASQUERADE =
            "-m ipvs --ipvs --vdir ORIGINAL --vmethod MASQ -m comment --comment"
                    + " Minuteman-IPVS-IPTables-masquerade-rule -j MASQUERADE";
    private static final String SKIP =
            "-m set --match-set dcos-l4lb dst,dst -m comment --comment \"Skip DC/OS L4LB traffic\""
                    + " -j RETURN";
    private static final String UNLESS =
            "-m ipvs --ipvs --vdir ORIGINAL --vmethod MASQ -m mark ! --mark 0x1000/0x1000 -m"
                    + " comment --comment Meridian-IPVS-masquerade-rule-unless-0x1000 -j"
                    + " MASQUERADE";
    private static final String MARK =
            "-m set --match-set meridian-clients dst,dst -m comment --comment"
                    + " Meridian-IPVS-client-address-0x1000 -j MARK --set-xmark 0x1000/0x1000";
    private static final String BRIDGE = "-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE";
    private static final String PORT_MAPPING = "-m addrtype --dst-type LOCAL -j DOCKER";
    private static final List<Endpoint> WEB = List.of(tcp("11.0.0.1:80"));
    private static final List<Endpoint> WEB_AND_DNS =
            List.of(tcp("11.0.0.1:80"), udp("11.0.0.1:53"));

    private final FakeHost host = new FakeHost();
    private Instant now = Instant.EPOCH;
    private Firewall firewall = firewall("");

    @Test
    void anEmptyHostGetsTheRulesAndSetOfDcos() {
        host.chain("iptables", "nat", "PREROUTING").add(PORT_MAPPING);

        assertThat(firewall.beforeRound(WEB_AND_DNS)).isEmpty();

        assertThat(host.set("dcos-l4lb")).containsExactly("11.0.0.1,tcp:80", "11.0.0.1,udp:53");
        assertThat(host.chain("iptables", "filter", "FORWARD")).containsExactly("-j ACCEPT");
        assertThat(host.chain("iptables", "nat", "POSTROUTING")).containsExactly(MASQUERADE);
        assertThat(host.chain("iptables", "nat", "OUTPUT")).containsExactly(SKIP);
        assertThat(host.chain("iptables", "nat", "PREROUTING")).containsExactly(SKIP, PORT_MAPPING);
    }

    @Test
    void anAuditChangesNoCorrectRuleOrSet() {
        assertThat(firewall.beforeRound(WEB)).isEmpty();
        host.run.clear();

        assertThat(firewall.afterRound(WEB, true)).isEmpty();

        assertThat(host.run)
                .containsExactly(
                        "ipset save dcos-l4lb",
                        "iptables -w -t filter -S",
                        "iptables -w -t nat -S");
    }

    @Test
    void auditsInQuickSuccessionRunProgramsOnce() {
        assertThat(firewall.beforeRound(WEB)).isEmpty();
        assertThat(firewall.afterRound(WEB, true)).isEmpty();
        host.run.clear();

        now = now.plusSeconds(9);
        assertThat(firewall.afterRound(WEB, true)).isEmpty();
        assertThat(host.run).isEmpty();

        now = now.plusSeconds(1);
        assertThat(firewall.afterRound(WEB, true)).isEmpty();
        assertThat(host.run).hasSize(3);
    }

    @Test
    void aRoundThatChangesNoVipRunsNoProgram() {
        assertThat(firewall.beforeRound(WEB)).isEmpty();
        host.run.clear();

        assertThat(firewall.beforeRound(WEB)).isEmpty();
        assertThat(firewall.afterRound(WEB, false)).isEmpty();

        assertThat(host.run).isEmpty();
    }

    @Test
    void aVipIsInTheSetBeforeItIsAddedAndUntilItIsRemoved() {
        assertThat(firewall.beforeRound(WEB)).isEmpty();

        List<Endpoint> dns = List.of(udp("11.0.0.1:53"));
        assertThat(firewall.beforeRound(dns)).isEmpty();
        assertThat(host.set("dcos-l4lb")).contains("11.0.0.1,tcp:80", "11.0.0.1,udp:53");

        assertThat(firewall.afterRound(dns, false)).isEmpty();
        assertThat(host.set("dcos-l4lb")).containsExactly("11.0.0.1,udp:53");
    }

    @Test
    void anAuditRepairsChangesOfOtherPrograms() {
        assertThat(firewall.beforeRound(WEB)).isEmpty();
        host.createSet("dcos-l4lb", "hash:ip,port family inet maxelem 65536", "11.9.9.9,tcp:1");
        host.chain("iptables", "nat", "POSTROUTING").clear();
        host.chain("iptables", "nat", "PREROUTING").addFirst(PORT_MAPPING);

        assertThat(firewall.afterRound(WEB, true)).isEmpty();

        assertThat(host.set("dcos-l4lb")).containsExactly("11.0.0.1,tcp:80");
        assertThat(host.chain("iptables", "nat", "POSTROUTING")).containsExactly(MASQUERADE);
        assertThat(host.chain("iptables", "nat", "PREROUTING")).containsExactly(SKIP, PORT_MAPPING);
    }

    @Test
    void stateOfDcosNetIsAdopted() {
        host.createSet(
                "dcos-l4lb",
                "hash:ip,port family inet hashsize 1024 maxelem 65536 counters",
                "11.0.0.1,tcp:80",
                "11.0.0.7,tcp:81");
        host.chain("iptables", "nat", "OUTPUT").add(SKIP);
        host.chain("iptables", "nat", "PREROUTING").add(SKIP);
        host.chain("iptables", "nat", "POSTROUTING").add(MASQUERADE);
        host.chain("iptables", "filter", "FORWARD").add("-j ACCEPT");

        assertThat(firewall.beforeRound(WEB)).isEmpty();
        assertThat(firewall.afterRound(WEB, false)).isEmpty();

        assertThat(host.set("dcos-l4lb")).containsExactly("11.0.0.1,tcp:80");
        assertThat(host.run)
                .containsExactly(
                        "ipset save dcos-l4lb",
                        "iptables -w -t filter -S",
                        "iptables -w -t nat -S",
                        "ipset -exist restore");
    }

    @Test
    void ipv6IsAuditedFromTheFirstIpv6VipOn() {
        assertThat(firewall.beforeRound(WEB)).isEmpty();
        assertThat(host.run).noneMatch(command -> command.startsWith("ip6tables"));

        List<Endpoint> both = List.of(tcp("11.0.0.1:80"), tcp("[fd01:c::1]:80"));
        assertThat(firewall.beforeRound(both)).isEmpty();

        assertThat(host.set("dcos-l4lb")).containsExactly("11.0.0.1,tcp:80");
        assertThat(host.set("dcos-l4lb-ipv6")).containsExactly("fd01:c::1,tcp:80");
        assertThat(host.chain("ip6tables", "nat", "POSTROUTING")).containsExactly(MASQUERADE);
        assertThat(host.chain("ip6tables", "nat", "PREROUTING"))
                .containsExactly(SKIP.replace("dcos-l4lb", "dcos-l4lb-ipv6"));
        assertThat(host.chain("ip6tables", "filter", "FORWARD"))
                .containsExactly(
                        "-m ipvs --ipvs -m comment --comment Meridian-IPVS-forward-rule -j ACCEPT");
    }

    @Test
    void aMissingProgramIsOneProblemWithItsConsequenceAndIsRetried() {
        host.missing.add("ipset");

        List<Problem> problems = firewall.beforeRound(WEB);

        assertThat(problems)
                .containsExactly(
                        new Problem(
                                "set=dcos-l4lb",
                                "cannot run ipset save dcos-l4lb: Cannot run program \"ipset\":"
                                        + " error=2; connections to a VIP whose port is some"
                                        + " container's host port may end up there; install ipset,"
                                        + " or set meridian.dataplane.skip-port-mapping=false to do"
                                        + " without; will retry"));
        assertThat(host.chain("iptables", "nat", "POSTROUTING")).containsExactly(MASQUERADE);
        host.missing.clear();
        assertThat(firewall.beforeRound(WEB)).isEmpty();
        assertThat(host.chain("iptables", "nat", "OUTPUT")).containsExactly(SKIP);
    }

    @Test
    void withoutIptablesEachTableIsAProblem() {
        host.missing.add("iptables");

        assertThat(firewall.beforeRound(WEB))
                .extracting(Problem::row)
                .containsExactly("rule=iptables/filter", "rule=iptables/nat");
    }

    @Test
    void aSetOfAnotherTypeIsLeftAloneAndReported() {
        host.createSet("dcos-l4lb", "hash:ip family inet maxelem 65536", "10.0.0.1");

        assertThat(firewall.beforeRound(WEB))
                .singleElement()
                .satisfies(
                        problem ->
                                assertThat(problem.message())
                                        .startsWith(
                                                "set dcos-l4lb is of type hash:ip instead of"
                                                        + " hash:ip,port and left alone;"));
        assertThat(host.set("dcos-l4lb")).containsExactly("10.0.0.1");
    }

    @Test
    void aFullSetIsReplacedAtomically() {
        host.createSet("dcos-l4lb", "hash:ip,port family inet maxelem 1", "11.0.0.1,tcp:80");

        assertThat(firewall.beforeRound(WEB_AND_DNS)).isEmpty();

        assertThat(host.set("dcos-l4lb")).containsExactly("11.0.0.1,tcp:80", "11.0.0.1,udp:53");
        assertThat(host.set("dcos-l4lb-grown")).isNull();
        assertThat(host.run).filteredOn("ipset -exist restore"::equals).hasSize(1);
    }

    @Test
    void withoutSkipPortMappingRulesAndSetAreRemovedAndMasqueradingStays() {
        assertThat(firewall.beforeRound(WEB)).isEmpty();
        firewall = firewall("skip-port-mapping = false");

        assertThat(firewall.beforeRound(WEB)).isEmpty();

        assertThat(host.set("dcos-l4lb")).isNull();
        assertThat(host.chain("iptables", "nat", "OUTPUT")).isEmpty();
        assertThat(host.chain("iptables", "nat", "PREROUTING")).isEmpty();
        assertThat(host.chain("iptables", "nat", "POSTROUTING")).containsExactly(MASQUERADE);
    }

    @Test
    void aVipThatKeepsClientAddressesIsMarkedAndNotMasqueraded() {
        host.chain("iptables", "nat", "POSTROUTING").add(BRIDGE);
        assertThat(firewall.beforeRound(WEB)).isEmpty();

        assertThat(firewall.preserveClientAddresses(WEB, false)).isEmpty();

        assertThat(host.set("meridian-clients")).containsExactly("11.0.0.1,tcp:80");
        assertThat(host.chain("iptables", "mangle", "PREROUTING")).containsExactly(MARK);
        assertThat(host.chain("iptables", "nat", "POSTROUTING")).containsExactly(UNLESS, BRIDGE);
    }

    @Test
    void aVipThatKeepsClientAddressesRunsNoProgramUntilAnAudit() {
        assertThat(firewall.preserveClientAddresses(WEB, false)).isEmpty();
        assertThat(firewall.beforeRound(WEB)).isEmpty();
        host.run.clear();

        assertThat(firewall.preserveClientAddresses(WEB, false)).isEmpty();
        assertThat(firewall.beforeRound(WEB)).isEmpty();
        assertThat(host.run).isEmpty();

        host.chain("iptables", "nat", "POSTROUTING").clear();
        host.chain("iptables", "mangle", "PREROUTING").clear();
        host.createSet("meridian-clients", "hash:ip,port family inet maxelem 65536");
        assertThat(firewall.preserveClientAddresses(WEB, true)).isEmpty();
        assertThat(firewall.afterRound(WEB, true)).isEmpty();

        assertThat(host.set("meridian-clients")).containsExactly("11.0.0.1,tcp:80");
        assertThat(host.chain("iptables", "mangle", "PREROUTING")).containsExactly(MARK);
        assertThat(host.chain("iptables", "nat", "POSTROUTING")).containsExactly(UNLESS);
    }

    @Test
    void marksAndSetAreRemovedWithTheLastVipThatKeepsClientAddresses() {
        assertThat(firewall.preserveClientAddresses(WEB_AND_DNS, false)).isEmpty();
        assertThat(firewall.beforeRound(WEB_AND_DNS)).isEmpty();
        assertThat(firewall.preserveClientAddresses(WEB, false)).isEmpty();
        assertThat(host.set("meridian-clients")).containsExactly("11.0.0.1,tcp:80");

        assertThat(firewall.preserveClientAddresses(List.of(), false)).isEmpty();

        assertThat(host.set("meridian-clients")).isNull();
        assertThat(host.chain("iptables", "mangle", "PREROUTING")).isEmpty();
        assertThat(host.chain("iptables", "nat", "POSTROUTING")).containsExactly(MASQUERADE);
        host.run.clear();
        assertThat(firewall.preserveClientAddresses(List.of(), false)).isEmpty();
        assertThat(host.run).isEmpty();
    }

    @Test
    void rulesOfAnEarlierRunAreReplacedByOneMasqueradeRule() {
        host.chain("iptables", "nat", "POSTROUTING").add(UNLESS);

        assertThat(firewall.beforeRound(WEB)).isEmpty();

        assertThat(host.chain("iptables", "nat", "POSTROUTING")).containsExactly(MASQUERADE);
    }

    @Test
    void withoutIpsetClientAddressesAreHiddenAndAProblemReportsIt() {
        host.missing.add("ipset");

        assertThat(firewall.preserveClientAddresses(WEB, false))
                .singleElement()
                .satisfies(
                        problem ->
                                assertThat(problem.message())
                                        .contains("tasks see this host's address"));
        assertThat(firewall.beforeRound(WEB)).isNotEmpty();
        assertThat(host.chain("iptables", "nat", "POSTROUTING")).containsExactly(MASQUERADE);

        host.missing.clear();
        assertThat(firewall.preserveClientAddresses(WEB, false)).isEmpty();
        assertThat(host.chain("iptables", "nat", "POSTROUTING")).containsExactly(UNLESS);
    }

    private Firewall firewall(String settings) {
        return Firewall.of(
                HostSettings.from(
                        ConfigFactory.parseString(settings)
                                .withFallback(
                                        ConfigFactory.load().getConfig("meridian.dataplane"))),
                host,
                () -> now);
    }
}
