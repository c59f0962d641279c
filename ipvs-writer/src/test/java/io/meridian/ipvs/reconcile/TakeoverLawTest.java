package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;
import io.meridian.ipvs.DesiredState;
import io.meridian.ipvs.Forwarding;
import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.IpvsOperation.UpdateRealServer;
import io.meridian.ipvs.IpvsTable;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.LinkState;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.RealServer;
import io.meridian.ipvs.Target;
import io.meridian.ipvs.TransitionPolicy;
import io.meridian.ipvs.VirtualServer;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Replacing a running dcos-net breaks no connection: Meridian requests the same rows for the same
 * VIPs (dcos-net 2.4).
 */
class TakeoverLawTest {
    private static final IpvsSettings SETTINGS = IpvsSettings.from(ConfigFactory.load());
    private static final IpAddress NODE = ip("10.0.0.1");
    private static final NodeView VIEW = NodeView.at(NODE);

    /** A task with a VIP, the same input for dcos-net and Meridian. */
    record Task(int vip, int agent, int port, boolean container, BackendState state) {}

    @Property(tries = 1000)
    void rowsOfDcosNetForTheSameVipsStayUnchanged(@ForAll("tasks") List<Task> tasks)
            throws Exception {
        FakeKernel kernel = new FakeKernel().holding(dcosNet(tasks));

        Round round = reconciler(kernel).reconcileOnce(target(tasks, SETTINGS.transition()), false);

        assertThat(kernel.executed()).isEmpty();
        assertThat(round.failures()).isEmpty();
    }

    @Property(tries = 1000)
    void meridiansSettingsChangeRowsInPlaceOnly(@ForAll("tasks") List<Task> tasks)
            throws Exception {
        FakeKernel kernel = new FakeKernel().holding(dcosNet(tasks));
        TransitionPolicy slow =
                new TransitionPolicy(Duration.ofSeconds(60), Duration.ofSeconds(30));

        reconciler(kernel).reconcileOnce(target(tasks, slow), false);

        assertThat(kernel.executed())
                .allSatisfy(
                        operation ->
                                assertThat(operation)
                                        .isInstanceOfSatisfying(
                                                UpdateRealServer.class,
                                                update ->
                                                        assertThat(update.real().serves())
                                                                .isTrue()));
    }

    /** dcos-net leaves rows of tasks that ended before its own restart (dcos-net 7.1). */
    @Property(tries = 500)
    void leftoversOfDcosNetAreDrainedNotRemoved(
            @ForAll("tasks") List<Task> before, @ForAll("tasks") List<Task> now) throws Exception {
        List<Task> both = new ArrayList<>(before);
        both.addAll(now);
        FakeKernel kernel = new FakeKernel().holding(dcosNet(both));

        reconciler(kernel).reconcileOnce(target(now, SETTINGS.transition()), false);

        assertThat(kernel.executed())
                .allSatisfy(
                        operation ->
                                assertThat(operation)
                                        .isInstanceOfAny(
                                                UpdateRealServer.class, AddRealServer.class));
        assertThat(kernel.state().routes()).isEqualTo(dcosNet(both).routes());
    }

    private static Reconciler reconciler(FakeKernel kernel) {
        return new Reconciler(kernel, SETTINGS.ownership(), InstantSource.system());
    }

    private static Target target(List<Task> tasks, TransitionPolicy pace) {
        return DesiredState.target(image(tasks), VIEW, pace, false);
    }

    /** The image of Meridian for the tasks. */
    private static VipImage image(List<Task> tasks) {
        List<Change<VipRow>> rows = new ArrayList<>();
        for (int vip = 0; vip < VIPS.size(); vip++) {
            rows.add(
                    Change.add(
                            new VipRow.Address(
                                    "vip" + vip + ".marathon", VIPS.get(vip).address())));
        }
        Set<String> seen = new TreeSet<>();
        for (Task task : tasks) {
            Endpoint vip = VIPS.get(task.vip());
            String owner = "task-" + agent(task) + "-" + task.port();
            if (seen.add(task.vip() + owner)) {
                rows.add(
                        Change.add(
                                new VipRow.Backend(
                                        new VipKey(
                                                "vip" + task.vip() + ".marathon",
                                                vip.protocol(),
                                                vip.port()),
                                        at(agent(task), task.port(), vip.protocol()),
                                        owner,
                                        agent(task).toString(),
                                        task.container()
                                                ? Optional.of(inside(task, vip.protocol()))
                                                : Optional.empty(),
                                        task.state(),
                                        task.state() == BackendState.SERVING ? 1 : 0)));
            }
        }
        return VipImage.EMPTY.apply(rows);
    }

    /** The kernel's state by dcos-net for the tasks (specs dcos-net 2.2 and 2.4). */
    private static KernelState dcosNet(List<Task> tasks) {
        Map<Endpoint, Map<Endpoint, RealServer>> servers = new TreeMap<>();
        Set<String> seen = new TreeSet<>();
        for (Task task : tasks) {
            Endpoint vip = VIPS.get(task.vip());
            if (!seen.add(task.vip() + "task-" + agent(task) + "-" + task.port())) {
                continue;
            }
            boolean rewritten = task.container() && agent(task).equals(NODE);
            Endpoint at =
                    rewritten
                            ? inside(task, vip.protocol())
                            : at(agent(task), task.port(), vip.protocol());
            int weight = task.state() == BackendState.SERVING ? 1 : 0;
            servers.computeIfAbsent(vip, any -> new TreeMap<>())
                    .put(at, new RealServer(at, weight, Forwarding.MASQUERADE, 0, 0));
        }
        IpvsTable.Builder table = new IpvsTable.Builder();
        servers.forEach(
                (vip, reals) ->
                        table.put(
                                new VirtualServer(
                                        vip, "wlc", 0, 0, vip.address().isIpv4() ? 32 : 128),
                                reals.values()));
        return KernelState.of(
                table.build(),
                servers.keySet().stream().map(Endpoint::address).toList(),
                LinkState.UP);
    }

    private static final List<Endpoint> VIPS =
            List.of(
                    tcp("11.0.0.1:80"),
                    tcp("11.0.0.2:443"),
                    new Endpoint(ip("11.0.0.3"), 53, Protocol.UDP));

    private static IpAddress agent(Task task) {
        return ip("10.0.0." + task.agent());
    }

    private static Endpoint at(IpAddress address, int port, Protocol protocol) {
        return new Endpoint(address, port, protocol);
    }

    private static Endpoint inside(Task task, Protocol protocol) {
        return new Endpoint(
                real("172.31.254." + (task.port() - 31000 + 2) + ":8080", 1).endpoint().address(),
                8080,
                protocol);
    }

    @Provide
    Arbitrary<List<Task>> tasks() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, VIPS.size() - 1),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(31000, 31003),
                        Arbitraries.of(true, false),
                        Arbitraries.of(BackendState.SERVING, BackendState.DRAINING))
                .as(Task::new)
                .list()
                .ofMaxSize(12);
    }
}
