package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.meridian.domain.Running;
import io.meridian.domain.net.Labels.HostNameRule;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

class MesosDnsRulesTest {
    private static final NamingRules RULES = mesosOnly(MesosDnsRules.of("mesos"));
    private static final ServiceId WEB = new ServiceId("marathon", "/web");
    private static final String OWN = "web-" + TaskHash.of("web.1") + "-s7";

    /**
     * The task of Mesos-DNS's own sample state (specs: mesos-dns 1.6), as an app {@code
     * /store/liquor}.
     */
    @Test
    void aTaskHasTheNamesMesosDnsGivesIt() {
        Instance store =
                Running.task("liquor-store.b8db9f73-562f-11e4-a088-c20493233aa5")
                        .agent("20140827-000744-3041283216-5050-2116-0", "1.2.3.11")
                        .addresses("10.3.0.1")
                        .mode(NetworkMode.CONTAINER)
                        .port("http", "tcp", 80, 0)
                        .port("https", "tcp", 443, 0)
                        .port("admin", "udp", 8080, 31354)
                        .build();

        assertThat(text(new ServiceId("marathon", "/store/liquor"), store))
                .containsExactly(
                        lines(
                                """
                                _admin._liquor-store._udp.marathon.mesos SRV 0 1 31354 liquor-store-4dfjd-0.marathon.mesos.
                                _admin._liquor.store._udp.marathon.mesos SRV 0 1 31354 liquor.store-4dfjd-0.marathon.mesos.
                                _http._liquor-store._tcp.marathon.mesos SRV 0 1 80 liquor-store-4dfjd-0.marathon.mesos.
                                _http._liquor.store._tcp.marathon.mesos SRV 0 1 80 liquor.store-4dfjd-0.marathon.mesos.
                                _https._liquor-store._tcp.marathon.mesos SRV 0 1 443 liquor-store-4dfjd-0.marathon.mesos.
                                _https._liquor.store._tcp.marathon.mesos SRV 0 1 443 liquor.store-4dfjd-0.marathon.mesos.
                                _liquor-store._tcp.marathon.mesos SRV 0 1 443 liquor-store-4dfjd-0.marathon.mesos.
                                _liquor-store._tcp.marathon.mesos SRV 0 1 80 liquor-store-4dfjd-0.marathon.mesos.
                                _liquor-store._tcp.marathon.slave.mesos SRV 0 1 31354 liquor-store-4dfjd-0.marathon.slave.mesos.
                                _liquor-store._udp.marathon.mesos SRV 0 1 31354 liquor-store-4dfjd-0.marathon.mesos.
                                _liquor-store._udp.marathon.slave.mesos SRV 0 1 31354 liquor-store-4dfjd-0.marathon.slave.mesos.
                                _liquor.store._tcp.marathon.mesos SRV 0 1 443 liquor.store-4dfjd-0.marathon.mesos.
                                _liquor.store._tcp.marathon.mesos SRV 0 1 80 liquor.store-4dfjd-0.marathon.mesos.
                                _liquor.store._tcp.marathon.slave.mesos SRV 0 1 31354 liquor.store-4dfjd-0.marathon.slave.mesos.
                                _liquor.store._udp.marathon.mesos SRV 0 1 31354 liquor.store-4dfjd-0.marathon.mesos.
                                _liquor.store._udp.marathon.slave.mesos SRV 0 1 31354 liquor.store-4dfjd-0.marathon.slave.mesos.
                                liquor-store-4dfjd-0.marathon.mesos A 10.3.0.1
                                liquor-store-4dfjd-0.marathon.slave.mesos A 1.2.3.11
                                liquor-store.marathon.mesos A 10.3.0.1
                                liquor-store.marathon.slave.mesos A 1.2.3.11
                                liquor.store-4dfjd-0.marathon.mesos A 10.3.0.1
                                liquor.store-4dfjd-0.marathon.slave.mesos A 1.2.3.11
                                liquor.store.marathon.mesos A 10.3.0.1
                                liquor.store.marathon.slave.mesos A 1.2.3.11
                                """));
    }

    @Test
    void everyRowHasItsZoneAndOwner() {
        assertThat(RULES.rows(WEB, Running.task("web.1").build()))
                .isNotEmpty()
                .allMatch(
                        row ->
                                row.zone().equals("mesos")
                                        && row.owner().equals("marathon:/web web.1"));
    }

    @Test
    void aMappedPortIsFoundByItsHostPort() {
        assertThat(text(WEB, Running.task("web.1").port("http", "tcp", 80, 31000).build()))
                .contains("_web._tcp.marathon.mesos SRV 0 1 31000 " + OWN + ".marathon.mesos.")
                .noneMatch(record -> record.contains(" 80 "));
    }

    @Test
    void aPortOfBothProtocolsHasTheOddLabelAndTheUsualTwo() {
        assertThat(text(WEB, Running.task("web.1").port("dns", "udp,tcp", 53, 0).build()))
                .filteredOn(record -> record.contains("SRV"))
                .containsExactly(
                        lines(
                                """
                                _dns._web._tcp.marathon.mesos SRV 0 1 53 %1$s.marathon.mesos.
                                _dns._web._udp.marathon.mesos SRV 0 1 53 %1$s.marathon.mesos.
                                _dns._web._udptcp.marathon.mesos SRV 0 1 53 %1$s.marathon.mesos.
                                _web._tcp.marathon.mesos SRV 0 1 53 %1$s.marathon.mesos.
                                _web._udp.marathon.mesos SRV 0 1 53 %1$s.marathon.mesos.
                                _web._udptcp.marathon.mesos SRV 0 1 53 %1$s.marathon.mesos.
                                """
                                        .formatted(OWN)));
    }

    @Test
    void aPortWithoutProtocolIsListedAsTcpAndUdp() {
        assertThat(text(WEB, Running.task("web.1").port("", "", 53, 0).build()))
                .filteredOn(record -> record.contains("SRV"))
                .containsExactly(
                        "_web._tcp.marathon.mesos SRV 0 1 53 " + OWN + ".marathon.mesos.",
                        "_web._udp.marathon.mesos SRV 0 1 53 " + OWN + ".marathon.mesos.");
    }

    @Test
    void inADottedNameTheHashIsPartOfTheLastLabelAndTheUnderscoreOfTheFirst() {
        String own = "web.frontend.shop-" + TaskHash.of("web.1") + "-s7.marathon.mesos";

        assertThat(
                        text(
                                new ServiceId("marathon", "/shop/frontend/web"),
                                Running.task("web.1").port("", "tcp", 80, 0).build()))
                .contains(
                        own + " A 172.31.254.5",
                        "_web.frontend.shop._tcp.marathon.mesos SRV 0 1 80 " + own + ".");
    }

    @Test
    void aPortWithoutNumberHasNoSrvRecord() {
        assertThat(text(WEB, Running.task("web.1").port("http", "tcp", 0, 0).build()))
                .noneMatch(record -> record.contains("SRV"));
    }

    @ParameterizedTest
    @CsvSource({"HTTP_api, _http-api._web", "$, _web", "'', _web", "my.port, _my-port._web"})
    void aPortNameBecomesALabel(String name, String prefix) {
        assertThat(text(WEB, Running.task("web.1").port(name, "tcp", 80, 0).build()))
                .contains(prefix + "._tcp.marathon.mesos SRV 0 1 80 " + OWN + ".marathon.mesos.");
    }

    @Test
    void theFirstSourceWithAnAddressSuppliesAll() {
        Instance two =
                Running.task("web.1")
                        .addresses("10.0.0.1", "fd00::1")
                        .agent("a-S7", "192.0.2.7")
                        .build();
        Instance none = Running.task("web.1").addresses().agent("a-S7", "192.0.2.7").build();

        assertThat(text(WEB, two))
                .contains("web.marathon.mesos A 10.0.0.1", "web.marathon.mesos AAAA fd00::1")
                .doesNotContain("web.marathon.mesos A 192.0.2.7");
        assertThat(text(WEB, none)).contains("web.marathon.mesos A 192.0.2.7");
        assertThat(text(mesosOnly(from(IpSource.HOST, IpSource.NETINFO)), WEB, two))
                .contains("web.marathon.mesos A 192.0.2.7")
                .doesNotContain("web.marathon.mesos A 10.0.0.1");
        assertThat(text(mesosOnly(from(IpSource.NETINFO)), WEB, none))
                .noneMatch(record -> record.startsWith("web.marathon.mesos "));
    }

    @Test
    void agentNamesHaveEveryAddressOfTheAgent() {
        assertThat(
                        text(
                                WEB,
                                Running.task("web.1")
                                        .agent("a-S7", "192.0.2.7", "2001:db8::7")
                                        .build()))
                .contains(
                        "web.marathon.slave.mesos A 192.0.2.7",
                        "web.marathon.slave.mesos AAAA 2001:db8::7",
                        OWN + ".marathon.slave.mesos A 192.0.2.7",
                        OWN + ".marathon.slave.mesos AAAA 2001:db8::7");
    }

    @Test
    void anUnresolvedAgentHasNoAddressRecordsButItsPortsAreListed() {
        assertThat(
                        text(
                                WEB,
                                Running.task("web.1")
                                        .agent("a-S7")
                                        .port("http", "tcp", 80, 31000)
                                        .build()))
                .noneMatch(record -> record.contains("slave.mesos A"))
                .contains(
                        "_web._tcp.marathon.slave.mesos SRV 0 1 31000 "
                                + OWN
                                + ".marathon.slave.mesos.");
    }

    @ParameterizedTest
    @CsvSource({"20261122-1-S12, -s12", "S12, -s12", "20140827-2116-0, -0", "'', ''", "a-, ''"})
    void theAgentsTailEndsTheTasksOwnName(String agentId, String tail) {
        assertThat(text(WEB, Running.task("web.1").agent(agentId, "192.0.2.7").build()))
                .contains("web-" + TaskHash.of("web.1") + tail + ".marathon.mesos A 172.31.254.5");
    }

    @ParameterizedTest
    @EnumSource(
            value = TaskPhase.class,
            names = {"RUNNING"},
            mode = EnumSource.Mode.EXCLUDE)
    void onlyARunningTaskHasNames(TaskPhase phase) {
        assertThat(RULES.rows(WEB, Running.task("web.1").phase(phase).build())).isEmpty();
    }

    @Test
    void anUnreachableTaskHasNoNames() {
        assertThat(RULES.rows(WEB, Running.task("web.1").unreachable().build())).isEmpty();
    }

    @Test
    void healthDoesNotMatterToNames() {
        assertThat(RULES.rows(WEB, Running.task("web.1").checked(Health.UNHEALTHY).build()))
                .isEqualTo(RULES.rows(WEB, Running.task("web.1").build()));
    }

    @ParameterizedTest
    @CsvSource({
        "marathon, /shop/frontend/web, web.frontend.shop.marathon.mesos",
        "marathon, /shop/frontend/web, web-frontend-shop.marathon.mesos",
        "marathon, /web.v1/x, x.web.v1.marathon.mesos",
        "Team.A/My_FW, /web, web.team.amy-fw.mesos",
        "chronos, My.Job_1, my.job_1.chronos.mesos",
        "chronos, My.Job_1, my-job-1.chronos.mesos",
        "chronos, job with a blank, jobwithablank.chronos.mesos",
    })
    void aServiceIsFoundUnderItsReversedPathAndItsFramework(
            String framework, String path, String name) {
        assertThat(text(new ServiceId(framework, path), Running.task("web.1").build()))
                .contains(name + " A 172.31.254.5");
    }

    @Test
    void namesThatDnsCannotHoldAreLeftOut() {
        assertThat(RULES.rows(new ServiceId("$", "/web"), Running.task("t").build())).isEmpty();
        assertThat(RULES.rows(new ServiceId("marathon", "/"), Running.task("t").build())).isEmpty();
        assertThat(RULES.rows(new ServiceId("marathon", "%%"), Running.task("t").build()))
                .isEmpty();
        assertThat(text(new ServiceId("chronos", "job with a blank"), Running.task("t").build()))
                .noneMatch(record -> record.startsWith("job with"));
        assertThat(text(new ServiceId("chronos", "\u212Aafka"), Running.task("t").build()))
                .as("the Kelvin sign, whose lower case in Unicode is k")
                .noneMatch(record -> record.startsWith("kafka."));
    }

    @Test
    void ownAndServiceNamesOfALongNameAreCutToFit() {
        String longest = "w".repeat(63);
        String tail = "-" + TaskHash.of("web.1") + "-s7";

        assertThat(
                        text(
                                new ServiceId("marathon", "/" + longest),
                                Running.task("web.1").port("p".repeat(63), "tcp", 80, 0).build()))
                .contains(
                        longest + ".marathon.mesos A 172.31.254.5",
                        "w".repeat(54) + tail + ".marathon.mesos A 172.31.254.5",
                        "_"
                                + "w".repeat(62)
                                + "._tcp.marathon.mesos SRV 0 1 80 "
                                + "w".repeat(54)
                                + tail
                                + ".marathon.mesos.",
                        "_"
                                + "p".repeat(62)
                                + "._"
                                + "w".repeat(62)
                                + "._tcp.marathon.mesos SRV 0 1 80 "
                                + "w".repeat(54)
                                + tail
                                + ".marathon.mesos.");
    }

    @Test
    void onlyTheGrowingLabelOfADottedNameIsCut() {
        String path = "/" + "c".repeat(63) + "/b/" + "a".repeat(63);
        String tail = "-" + TaskHash.of("web.1") + "-s7.marathon.mesos";
        String own = "a".repeat(63) + ".b." + "c".repeat(54) + tail;

        assertThat(
                        text(
                                new ServiceId("marathon", path),
                                Running.task("web.1").port("", "tcp", 80, 0).build()))
                .contains(
                        own + " A 172.31.254.5",
                        "_%s.b.%s._tcp.marathon.mesos SRV 0 1 80 %s."
                                .formatted("a".repeat(62), "c".repeat(63), own));
    }

    @Test
    void tasksOfAPodShareItsNameAndKeepTheirOwn() {
        ServiceId pod = new ServiceId("marathon", "/shop/p");
        TreeSet<String> names = new TreeSet<>();
        for (String task : List.of("p.instance-1.app.1", "p.instance-1.sidecar.1")) {
            RULES.rows(pod, Running.task(task).build()).forEach(row -> names.add(row.name()));
        }

        assertThat(names)
                .contains(
                        "p-shop.marathon.mesos",
                        "p-shop-" + TaskHash.of("p.instance-1.app.1") + "-s7.marathon.mesos",
                        "p-shop-" + TaskHash.of("p.instance-1.sidecar.1") + "-s7.marathon.mesos");
    }

    @Test
    void theDomainMayHaveSeveralLabels() {
        assertThat(
                        text(
                                mesosOnly(MesosDnsRules.of("a.example.org")),
                                WEB,
                                Running.task("t").build()))
                .contains("web.marathon.a.example.org A 172.31.254.5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Mesos", "mesos.", ".", "me sos"})
    void aDomainThatIsNoneIsRefused(String domain) {
        assertThatIllegalArgumentException().isThrownBy(() -> MesosDnsRules.of(domain));
    }

    @Test
    void anEmptyOrRepeatedSourceListIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> from());
        assertThatIllegalArgumentException().isThrownBy(() -> from(IpSource.HOST, IpSource.HOST));
    }

    @Test
    void sourcesOfMesosFactsAreEmptyForATaskWithoutThem() {
        assertThat(
                        text(
                                mesosOnly(from(IpSource.DOCKER, IpSource.MESOS, IpSource.HOST)),
                                WEB,
                                Running.task("web.1").build()))
                .contains("web.marathon.mesos A 192.0.2.7");
    }

    @Test
    void theWeightOfSrvRecordsIsASetting() {
        MesosDnsRules heavy =
                new MesosDnsRules("mesos", IpSource.DEFAULT_ORDER, HostNameRule.RFC1123, 65535);

        assertThat(
                        text(
                                mesosOnly(heavy),
                                WEB,
                                Running.task("web.1").port("http", "tcp", 80, 31000).build()))
                .contains("_web._tcp.marathon.mesos SRV 0 65535 31000 " + OWN + ".marathon.mesos.")
                .noneMatch(record -> record.contains("SRV 0 1 "));
        for (int wrong : List.of(-1, 65536)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () ->
                                    new MesosDnsRules(
                                            "mesos",
                                            IpSource.DEFAULT_ORDER,
                                            HostNameRule.RFC1123,
                                            wrong));
        }
    }

    @Test
    void underRfc952LabelsAreShortAndStartWithALetter() {
        MesosDnsRules old =
                new MesosDnsRules("mesos", IpSource.DEFAULT_ORDER, HostNameRule.RFC952, 1);
        String cut = "abcdefghijklmnopqrstuvwx";

        assertThat(
                        text(
                                mesosOnly(old),
                                new ServiceId("4-marathon", "/4abcdefghijklmnopqrstuvwxyz"),
                                Running.task("web.1").port("4web", "tcp", 80, 31000).build()))
                .contains(
                        cut + ".marathon.mesos A 172.31.254.5",
                        cut + "-" + TaskHash.of("web.1") + "-s7.marathon.mesos A 172.31.254.5",
                        "_web._%s._tcp.marathon.mesos SRV 0 1 31000 %s-%s-s7.marathon.mesos."
                                .formatted(cut, cut, TaskHash.of("web.1")));
    }

    @Test
    void equalDerivedNamesAreSharedByAllTheirTasks() {
        assertThat(
                        Stream.of("/a_b", "/a-b", "/b/a")
                                .map(path -> new ServiceId("marathon", path))
                                .map(id -> text(id, Running.task("t" + id.path()).build())))
                .allSatisfy(
                        records ->
                                assertThat(records).contains("a-b.marathon.mesos A 172.31.254.5"));
    }

    @ParameterizedTest
    @EnumSource
    void aSourceReadsItsLabel(IpSource source) {
        assertThat(IpSource.parse(source.label())).contains(source);
        assertThat(IpSource.parse(source.name())).isEmpty();
    }

    private static List<String> text(ServiceId service, Instance instance) {
        return text(RULES, service, instance);
    }

    private static NamingRules mesosOnly(MesosDnsRules rules) {
        return new NamingRules(rules, false, false, false, new TreeSet<>());
    }

    private static MesosDnsRules from(IpSource... sources) {
        return new MesosDnsRules("mesos", List.of(sources), HostNameRule.RFC1123, 1);
    }

    private static List<String> text(NamingRules rules, ServiceId service, Instance instance) {
        return rules.rows(service, instance).stream()
                .map(row -> row.name() + " " + row.type() + " " + row.data())
                .toList();
    }

    private static String[] lines(String text) {
        return text.split("\n");
    }
}
