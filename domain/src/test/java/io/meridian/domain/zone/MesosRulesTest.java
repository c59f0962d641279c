package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.mesos.MesosView;
import io.meridian.domain.mesos.MesosView.Agent;
import io.meridian.domain.mesos.MesosView.Discovery;
import io.meridian.domain.mesos.MesosView.Framework;
import io.meridian.domain.mesos.MesosView.Label;
import io.meridian.domain.mesos.MesosView.NetworkInfo;
import io.meridian.domain.mesos.MesosView.Port;
import io.meridian.domain.mesos.MesosView.Status;
import io.meridian.domain.mesos.MesosView.Task;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Labels.HostNameRule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;

class MesosRulesTest {
    private static final Agent AGENT = new Agent("m-S7", "slave(1)@192.0.2.7:5051");
    private static final String WEB = "web-" + TaskHash.of("web.1") + "-s7.fw";

    @Test
    void aFrameworkHasItsSchedulersAddress() {
        assertThat(text(frameworks(new Framework("fw", "s@192.0.2.9:99", "ignored", List.of()))))
                .containsExactly(
                        "_framework._tcp.fw.mesos SRV 0 1 99 fw.mesos.", "fw.mesos A 192.0.2.9");
    }

    @Test
    void aSchedulerWithoutProcessIdHasItsHostsAddressAndNoPort() {
        assertThat(text(frameworks(new Framework("fw", "", "both.example.org", List.of()))))
                .containsExactly("fw.mesos A 192.0.2.20", "fw.mesos AAAA 2001:db8::20");
        assertThat(text(frameworks(new Framework("fw", "", "192.0.2.8", List.of()))))
                .containsExactly("fw.mesos A 192.0.2.8");
    }

    @ParameterizedTest
    @CsvSource({"'', gone.example.org", "s@gone.example.org:99, 192.0.2.8", "nonsense, 192.0.2.8"})
    void aSchedulerThatIsNowhereHasNoRecord(String pid, String host) {
        assertThat(text(frameworks(new Framework("fw", pid, host, List.of())))).isEmpty();
    }

    @Test
    void dotsOfAFrameworksNameSeparateLabels() {
        assertThat(text(frameworks(new Framework("Team.A/My_FW", "", "192.0.2.8", List.of()))))
                .containsExactly("team.amy-fw.mesos A 192.0.2.8");
    }

    @Test
    void agentsShareOneNameAndEachPortIsListedOnce() {
        assertThat(
                        text(
                                agents(
                                        AGENT,
                                        new Agent("m-S8", "slave(1)@[2001:db8::8]:5051"),
                                        new Agent("m-S9", "slave(1)@both.example.org:5052"))))
                .containsExactly(
                        "_slave._tcp.mesos SRV 0 1 5051 slave.mesos.",
                        "_slave._tcp.mesos SRV 0 1 5052 slave.mesos.",
                        "slave.mesos A 192.0.2.20",
                        "slave.mesos A 192.0.2.7",
                        "slave.mesos AAAA 2001:db8::20",
                        "slave.mesos AAAA 2001:db8::8");
    }

    /**
     * In these cases Mesos-DNS rejects the whole state, exits, or writes a host name in place of an
     * address.
     */
    @ParameterizedTest
    @ValueSource(strings = {"", "null", "slave(1)", "slave(1)@gone.example.org:5051"})
    void anAgentThatCanNotBeFoundCostsItsOwnAddressesOnly(String pid) {
        MesosView view =
                new MesosView(
                        "",
                        List.of(),
                        List.of(new Agent("m-S1", pid), AGENT),
                        List.of(
                                new Framework(
                                        "fw",
                                        "",
                                        "",
                                        List.of(
                                                task("web.1", "web", AGENT.id(), "[1-1]"),
                                                task("db.1", "db", "m-S1", "[2-2]")))));

        assertThat(text(view))
                .contains(
                        "slave.mesos A 192.0.2.7",
                        "web.fw.mesos A 192.0.2.7",
                        "_db._tcp.fw.mesos SRV 0 1 2 db-%s-s1.fw.slave.mesos."
                                .formatted(TaskHash.of("db.1")))
                .noneMatch(record -> record.startsWith("db.fw"));
    }

    @Test
    void mastersAndLeaderHaveNamesInBothZones() {
        assertThat(
                        allText(
                                new MesosView(
                                        "x@192.0.2.1:5050",
                                        List.of("192.0.2.1:5050", "192.0.2.2:5050"),
                                        List.of(),
                                        List.of())))
                .containsExactly(
                        "leader.dcos.thisdcos.directory A 192.0.2.1",
                        "master.dcos.thisdcos.directory A 192.0.2.1",
                        "master.dcos.thisdcos.directory A 192.0.2.2",
                        "_leader._tcp.mesos SRV 0 1 5050 leader.mesos.",
                        "_leader._udp.mesos SRV 0 1 5050 leader.mesos.",
                        "leader.mesos A 192.0.2.1",
                        "master.mesos A 192.0.2.1",
                        "master.mesos A 192.0.2.2",
                        "master0.mesos A 192.0.2.1",
                        "master1.mesos A 192.0.2.2",
                        "ns1.mesos A 192.0.2.53",
                        "ns1.mesos AAAA 2001:db8::53");
    }

    @Test
    void aServerOutsideTheDomainHasNoRecordInIt() {
        MesosRules rules =
                new MesosRules(
                        MesosDnsRules.of("example.org"),
                        "ns1.mesos",
                        List.of(IpAddress.literal("192.0.2.53")));

        assertThat(rules.rows(frameworks(), MesosRulesTest::hosts)).isEmpty();
    }

    @Test
    void withoutDiscoveryATaskHasItsHostPorts() {
        assertThat(text(tasks(task("web.1", "web", "m-S7", "[31000-31001]"))))
                .contains(
                        "web.fw.mesos A 192.0.2.7",
                        WEB + ".mesos A 192.0.2.7",
                        "web.fw.slave.mesos A 192.0.2.7",
                        WEB + ".slave.mesos A 192.0.2.7",
                        "_web._tcp.fw.mesos SRV 0 1 31000 " + WEB + ".slave.mesos.",
                        "_web._udp.fw.mesos SRV 0 1 31001 " + WEB + ".slave.mesos.",
                        "_web._tcp.fw.slave.mesos SRV 0 1 31001 " + WEB + ".slave.mesos.",
                        "_web._udp.fw.slave.mesos SRV 0 1 31000 " + WEB + ".slave.mesos.")
                .hasSize(4 + 8 + 2);
    }

    @Test
    void withDiscoveryItsOwnPortsAreListedAndItsNameTwice() {
        Task task = discovered("a.b", new Port(80, "tcp", "http"));
        String tail = "-" + TaskHash.of("web.1") + "-s7.fw";

        assertThat(text(tasks(task)))
                .contains(
                        "_a-b._tcp.fw.mesos SRV 0 1 80 a-b" + tail + ".mesos.",
                        "_http._a-b._tcp.fw.mesos SRV 0 1 80 a-b" + tail + ".mesos.",
                        "_a.b._tcp.fw.mesos SRV 0 1 80 a.b" + tail + ".mesos.",
                        "_http._a.b._tcp.fw.mesos SRV 0 1 80 a.b" + tail + ".mesos.",
                        "_a-b._udp.fw.slave.mesos SRV 0 1 31000 a-b" + tail + ".slave.mesos.")
                .noneMatch(record -> record.startsWith("_a-b._udp.fw.mesos"))
                .noneMatch(record -> record.contains("ignored"));
    }

    @ParameterizedTest
    @CsvSource({
        "tcp, _web._tcp",
        "TCP, _web._tcp",
        "'', _web._tcp _web._udp",
        "'udp,tcp', _web._tcp _web._udp _web._udptcp",
        "sctp, _web._sctp",
    })
    void aPortIsListedUnderItsProtocols(String protocol, String services) {
        assertThat(
                        text(tasks(discovered("web", new Port(0, protocol, "")))).stream()
                                .filter(record -> record.contains(".fw.mesos SRV 0 1 0 "))
                                .map(record -> record.replaceAll("\\.fw\\.mesos.*", ""))
                                .toList())
                .containsExactly(services.split(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "TASK_STAGING, m-S7",
        "TASK_STARTING, m-S7",
        "TASK_KILLING, m-S7",
        "TASK_KILLED, m-S7",
        "TASK_UNREACHABLE, m-S7",
        "TASK_RUNNING, m-S8"
    })
    void onlyARunningTaskOfAnAgentThatIsThereHasNames(String state, String agent) {
        Task task = new Task("web.1", "web", agent, state, "[1-1]", List.of(), Discovery.NONE);

        assertThat(text(tasks(task))).noneMatch(record -> record.contains("web"));
    }

    @ParameterizedTest
    @CsvSource({
        "netinfo docker mesos host, 9.0.0.1 fd01:b::1",
        "docker netinfo, 9.0.0.2",
        "mesos netinfo, 9.0.0.3",
        "host netinfo, 192.0.2.7",
    })
    void theFirstSourceThatHasAnAddressSuppliesAll(String order, String addresses) {
        Status status =
                new Status(
                        "TASK_RUNNING",
                        1,
                        List.of(
                                new NetworkInfo(List.of("9.0.0.1", "bad"), "9.9.9.9"),
                                new NetworkInfo(List.of(), "fd01:b::1")),
                        List.of(
                                new Label("Docker.NetworkSettings.IPAddress", "9.0.0.2"),
                                new Label("Docker.NetworkSettings.IPAddress", "bad"),
                                new Label(
                                        "MesosContainerizer.NetworkSettings.IPAddress", "9.0.0.3"),
                                new Label("other", "9.0.0.4")));
        Task task =
                new Task(
                        "web.1",
                        "web",
                        "m-S7",
                        "TASK_RUNNING",
                        "",
                        List.of(status),
                        Discovery.NONE);

        assertThat(addresses(order, task)).containsExactlyInAnyOrder(addresses.split(" "));
    }

    @Test
    void aSourceWithoutAddressIsSkipped() {
        Task task = task("web.1", "web", "m-S7", "");

        assertThat(addresses("netinfo docker mesos host", task)).containsExactly("192.0.2.7");
        assertThat(addresses("netinfo docker mesos", task)).isEmpty();
    }

    @Test
    void theLatestRunningStatusCountsAndTheFirstOfEqualOnes() {
        Task task =
                new Task(
                        "web.1",
                        "web",
                        "m-S7",
                        "TASK_RUNNING",
                        "",
                        List.of(
                                status("TASK_RUNNING", 5, "9.0.0.1"),
                                status("TASK_RUNNING", 9, "9.0.0.2"),
                                status("TASK_RUNNING", 9, "9.0.0.3"),
                                status("TASK_RUNNING", 7, "9.0.0.4"),
                                status("TASK_LOST", 99, "9.0.0.5")),
                        Discovery.NONE);

        assertThat(addresses("netinfo host", task)).containsExactly("9.0.0.2");
    }

    @Test
    void aRunningStatusWithoutAddressesKeepsThoseOfTheStatusBefore() {
        Task task =
                new Task(
                        "web.1",
                        "web",
                        "m-S7",
                        "TASK_RUNNING",
                        "",
                        List.of(
                                status("TASK_RUNNING", 5, "9.0.0.1"),
                                status("TASK_RUNNING", 9, "not an address")),
                        Discovery.NONE);

        assertThat(addresses("netinfo host", task)).containsExactly("9.0.0.1");
    }

    @Test
    void underRfc952TaskAndFrameworkAreShort() {
        MesosRules rules =
                new MesosRules(
                        new MesosDnsRules("mesos", IpSource.DEFAULT_ORDER, HostNameRule.RFC952, 1),
                        "ns1.mesos",
                        List.of());
        MesosView view =
                new MesosView(
                        "",
                        List.of(),
                        List.of(AGENT),
                        List.of(
                                new Framework(
                                        "chronos with a space AND MIXED CASE-2.0.1",
                                        "",
                                        "192.0.2.8",
                                        List.of(task("web.1", "4abc123", "m-S7", "")))));

        assertThat(rules.rows(view, MesosRulesTest::hosts))
                .extracting(ZoneRow::name)
                .contains(
                        "chronoswithaspaceandmixe.mesos", "abc123.chronoswithaspaceandmixe.mesos");
    }

    @Test
    void equalNamesOfTwoFrameworksAreOneNameWithTwoOwners() {
        MesosView view =
                new MesosView(
                        "",
                        List.of(),
                        List.of(AGENT, new Agent("m-S8", "slave(1)@192.0.2.8:5051")),
                        List.of(
                                new Framework(
                                        "a_b", "", "", List.of(task("t.1", "x_y", "m-S7", ""))),
                                new Framework(
                                        "a-b", "", "", List.of(task("t.2", "x.y", "m-S8", "")))));

        assertThat(rules("host").rows(view, MesosRulesTest::hosts))
                .filteredOn(row -> row.name().equals("x-y.a-b.mesos"))
                .extracting(row -> row.data() + " " + row.owner())
                .containsExactly("192.0.2.7 mesos task t.1", "192.0.2.8 mesos task t.2");
    }

    private static List<IpAddress> hosts(String name) {
        return name.equals("both.example.org")
                ? List.of(IpAddress.literal("192.0.2.20"), IpAddress.literal("2001:db8::20"))
                : List.of();
    }

    private static Status status(String state, double timestamp, String address) {
        return new Status(
                state, timestamp, List.of(new NetworkInfo(List.of(address), "")), List.of());
    }

    private static Task task(String id, String name, String agent, String ports) {
        return new Task(id, name, agent, "TASK_RUNNING", ports, List.of(), Discovery.NONE);
    }

    private static Task discovered(String name, Port port) {
        return new Task(
                "web.1",
                "ignored",
                "m-S7",
                "TASK_RUNNING",
                "[31000-31000]",
                List.of(),
                new Discovery(name, List.of(port)));
    }

    private static MesosView agents(Agent... agents) {
        return new MesosView("", List.of(), List.of(agents), List.of());
    }

    private static MesosView frameworks(Framework... frameworks) {
        return new MesosView("", List.of(), List.of(), List.of(frameworks));
    }

    private static MesosView tasks(Task... tasks) {
        return new MesosView(
                "",
                List.of(),
                List.of(AGENT),
                List.of(new Framework("fw", "", "", List.of(tasks))));
    }

    private static List<String> addresses(String order, Task task) {
        return rules(order.split(" ")).rows(tasks(task), MesosRulesTest::hosts).stream()
                .filter(row -> row.name().equals("web.fw.mesos"))
                .map(ZoneRow::data)
                .toList();
    }

    private static MesosRules rules(String... sources) {
        return new MesosRules(
                new MesosDnsRules(
                        "mesos",
                        Arrays.stream(sources).map(s -> IpSource.parse(s).orElseThrow()).toList(),
                        HostNameRule.RFC1123,
                        1),
                "ns1.mesos",
                List.of(IpAddress.literal("192.0.2.53"), IpAddress.literal("2001:db8::53")));
    }

    private static List<String> allText(MesosView view) {
        return rules("netinfo", "host").rows(view, MesosRulesTest::hosts).stream()
                .map(row -> row.name() + " " + row.type() + " " + row.data())
                .distinct() // owners differ
                .toList();
    }

    /** The records without those of the name server itself. */
    private static List<String> text(MesosView view) {
        return allText(view).stream().filter(record -> !record.startsWith("ns1.")).toList();
    }
}
