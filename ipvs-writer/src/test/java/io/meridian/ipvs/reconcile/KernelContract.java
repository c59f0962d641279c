package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.serving;
import static io.meridian.ipvs.Samples.tcp;
import static io.meridian.ipvs.Samples.udp;
import static io.meridian.ipvs.Samples.wlc;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.ipvs.Forwarding;
import io.meridian.ipvs.IpvsDiff;
import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.IpvsOperation.AddVirtualServer;
import io.meridian.ipvs.IpvsOperation.RemoveRealServer;
import io.meridian.ipvs.IpvsOperation.RemoveVirtualServer;
import io.meridian.ipvs.IpvsOperation.UpdateRealServer;
import io.meridian.ipvs.IpvsOperation.UpdateVirtualServer;
import io.meridian.ipvs.IpvsTable;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.LinkState;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.RealServer;
import io.meridian.ipvs.RouteOperation.AddRoute;
import io.meridian.ipvs.RouteOperation.RaiseInterface;
import io.meridian.ipvs.RouteOperation.RemoveRoute;
import io.meridian.ipvs.Statistics;
import io.meridian.ipvs.VirtualServer;
import io.meridian.libc.Errno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Contract of every {@link Kernel}, above all its refusals. Runs with the dry run, with the fake,
 * and with Linux inside the kernel that {@code RealKernelTest} boots.
 */
abstract class KernelContract {
    private static final Endpoint VIP = tcp("11.0.0.1:80");
    private static final RealServer REAL = real("10.0.0.1:8080", 1);

    private Kernel kernel;

    /** A kernel with an empty IPVS table and without Meridian's interface. */
    abstract Kernel fresh() throws Exception;

    @BeforeEach
    void open() throws Exception {
        kernel = fresh();
    }

    @AfterEach
    void close() {
        kernel.close();
    }

    @Test
    void aNewKernelIsEmpty() throws Exception {
        assertThat(kernel.availability()).isInstanceOf(Availability.Ready.class);
        assertThat(kernel.observe().state()).isEqualTo(KernelState.EMPTY);
    }

    @Test
    void addedRowsAreObserved() throws Exception {
        KernelState desired =
                KernelState.of(
                        new IpvsTable.Builder()
                                .put(
                                        wlc(VIP),
                                        List.of(
                                                REAL,
                                                real("10.0.0.2:8080", 0),
                                                real("10.0.0.2:8081", 65535)))
                                .put(
                                        VirtualServer.of(udp("11.0.0.1:80"), "rr"),
                                        List.of(RealServer.masquerade(udp("10.0.0.1:53"), 3)))
                                .put(wlc(tcp("11.0.0.2:443")), List.of())
                                .put(wlc(tcp("[fd01:c::1]:80")), List.of(real("[fd02::1]:8080", 1)))
                                .build(),
                        List.of(ip("11.0.0.1"), ip("11.0.0.2"), ip("fd01:c::1")),
                        LinkState.UP);

        accept(IpvsDiff.diff(desired, kernel.observe().state()).operations());

        assertThat(kernel.observe().state()).isEqualTo(desired);
    }

    @Test
    void everySettingOfAServerIsObserved() throws Exception {
        VirtualServer sticky = new VirtualServer(VIP, "rr", VirtualServer.PERSISTENT, 180, 24);
        RealServer direct = new RealServer(tcp("10.0.0.1:80"), 7, Forwarding.DIRECT, 100, 50);

        accept(List.of(new AddVirtualServer(sticky), new AddRealServer(VIP, direct)));

        assertThat(kernel.observe().state().table())
                .isEqualTo(new IpvsTable.Builder().put(sticky, List.of(direct)).build());
    }

    @Test
    void aServerIsChangedInPlace() throws Exception {
        accept(List.of(new AddVirtualServer(wlc(VIP)), new AddRealServer(VIP, REAL)));
        VirtualServer changed = new VirtualServer(VIP, "rr", VirtualServer.ONE_PACKET, 0, 32);
        RealServer heavier = real("10.0.0.1:8080", 5);

        accept(List.of(new UpdateVirtualServer(changed), new UpdateRealServer(VIP, heavier)));

        assertThat(kernel.observe().state().table())
                .isEqualTo(new IpvsTable.Builder().put(changed, List.of(heavier)).build());
    }

    @Test
    void removingAVirtualServerRemovesItsRealServers() throws Exception {
        accept(List.of(new AddVirtualServer(wlc(VIP)), new AddRealServer(VIP, REAL)));

        accept(List.of(new RemoveVirtualServer(VIP)));

        assertThat(kernel.observe().state().table()).isEqualTo(IpvsTable.EMPTY);
    }

    @Test
    void existingRowsAreRefusedWithEexist() throws Exception {
        accept(
                List.of(
                        new AddVirtualServer(wlc(VIP)),
                        new AddRealServer(VIP, REAL),
                        new RaiseInterface(),
                        new AddRoute(VIP.address())));

        refuse(new AddVirtualServer(wlc(VIP)), Errno.EEXIST);
        refuse(new AddRealServer(VIP, REAL), Errno.EEXIST);
        refuse(new AddRoute(VIP.address()), Errno.EEXIST);
    }

    @Test
    void aRealServerWithoutItsVirtualServerIsRefused() throws Exception {
        refuse(new AddRealServer(VIP, REAL), Errno.ESRCH);
        refuse(new UpdateRealServer(VIP, REAL), Errno.ESRCH);
        refuse(new RemoveRealServer(VIP, REAL.endpoint()), Errno.ESRCH);
        refuse(new UpdateVirtualServer(wlc(VIP)), Errno.ESRCH);
        refuse(new RemoveVirtualServer(VIP), Errno.ESRCH);
    }

    @Test
    void aRealServerThatIsMissingCannotBeChanged() throws Exception {
        accept(List.of(new AddVirtualServer(wlc(VIP))));

        refuse(new UpdateRealServer(VIP, REAL), Errno.ENOENT);
        refuse(new RemoveRealServer(VIP, REAL.endpoint()), Errno.ENOENT);
    }

    @Test
    void anUnknownSchedulerIsRefused() throws Exception {
        refuse(new AddVirtualServer(VirtualServer.of(VIP, "nosuch")), Errno.ENOENT);
    }

    @Test
    void aNonUnicastRealServerIsRefused() throws Exception {
        accept(List.of(new AddVirtualServer(wlc(VIP))));

        refuse(new AddRealServer(VIP, real("224.0.0.1:80", 1)), Errno.EINVAL);
        refuse(new AddRealServer(VIP, real("0.0.0.0:80", 1)), Errno.EINVAL);
        refuse(new AddRealServer(VIP, real("255.255.255.255:80", 1)), Errno.EINVAL);
    }

    @Test
    void masqueradingDoesNotCrossFamilies() throws Exception {
        accept(List.of(new AddVirtualServer(wlc(VIP))));

        refuse(new AddRealServer(VIP, real("[fd02::1]:80", 1)), Errno.EINVAL);
    }

    @Test
    void aRouteNeedsTheInterface() throws Exception {
        refuse(new AddRoute(VIP.address()), Errno.ENODEV);
    }

    @Test
    void aRouteThatIsMissingCannotBeRemoved() throws Exception {
        accept(List.of(new RaiseInterface()));

        refuse(new RemoveRoute(ip("11.0.0.1")), Errno.ESRCH);
        refuse(new RemoveRoute(ip("fd01:c::1")), Errno.ESRCH);
    }

    @Test
    void raisingTheInterfaceIsIdempotent() throws Exception {
        accept(List.of(new RaiseInterface(), new RaiseInterface()));

        assertThat(kernel.observe().state().link()).isEqualTo(LinkState.UP);
    }

    @Test
    void aRefusedOperationDoesNotStopTheOthers() throws Exception {
        List<Operation> operations =
                List.of(
                        new AddVirtualServer(wlc(VIP)),
                        new AddRealServer(VIP, real("224.0.0.1:80", 1)),
                        new AddRealServer(VIP, REAL),
                        new RaiseInterface(),
                        new RemoveRoute(ip("11.0.0.7")),
                        new AddRoute(VIP.address()));

        List<Outcome> outcomes = kernel.execute(operations);

        assertThat(outcomes.stream().map(Outcome::operation)).containsExactlyElementsOf(operations);
        assertThat(outcomes.stream().map(outcome -> outcome instanceof Outcome.Done))
                .containsExactly(true, false, true, true, false, true);
        assertThat(kernel.observe().state()).isEqualTo(serving("11.0.0.1:80", REAL));
    }

    @Test
    void aLargeBatchIsAnsweredInOrder() throws Exception {
        List<Operation> operations = new ArrayList<>();
        operations.add(new AddVirtualServer(wlc(VIP)));
        for (int i = 0; i < 1000; i++) {
            operations.add(
                    new AddRealServer(
                            VIP, real("10.1." + i / 250 + "." + (1 + i % 250) + ":80", 1)));
            operations.add(new RemoveRealServer(VIP, tcp("10.2.0.1:80"))); // does not exist
        }

        List<Outcome> outcomes = kernel.execute(operations);

        assertThat(outcomes.stream().map(Outcome::operation)).containsExactlyElementsOf(operations);
        assertThat(outcomes).filteredOn(Outcome.Done.class::isInstance).hasSize(1001);
        assertThat(outcomes).filteredOn(Outcome.Refused.class::isInstance).hasSize(1000);
        assertThat(kernel.observe().state().table().realServers()).isEqualTo(1000);
    }

    @Test
    void aVirtualServerIsGivenAffinityAndAnotherSchedulerInPlace() throws Exception {
        accept(List.of(new AddVirtualServer(wlc(VIP)), new AddRealServer(VIP, REAL)));
        VirtualServer sticky = new VirtualServer(VIP, "mh", VirtualServer.PERSISTENT, 600, 24);

        accept(List.of(new UpdateVirtualServer(sticky)));
        assertThat(kernel.observe().state().table())
                .isEqualTo(new IpvsTable.Builder().put(sticky, List.of(REAL)).build());

        accept(List.of(new UpdateVirtualServer(wlc(VIP))));
        assertThat(kernel.observe().state().table())
                .isEqualTo(new IpvsTable.Builder().put(wlc(VIP), List.of(REAL)).build());
    }

    @Test
    void anUnknownSchedulerIsRefusedForAnExistingVirtualServer() throws Exception {
        accept(List.of(new AddVirtualServer(wlc(VIP))));

        refuse(new UpdateVirtualServer(VirtualServer.of(VIP, "nosuch")), Errno.ENOENT);
    }

    @Test
    void everyServerIsCountedAndBeginsAtZero() throws Exception {
        Endpoint other = tcp("11.0.0.2:80");
        accept(
                List.of(
                        new AddVirtualServer(wlc(VIP)),
                        new AddRealServer(VIP, REAL),
                        new AddVirtualServer(wlc(other))));

        Statistics all = kernel.observe().statistics();
        assertThat(all.servers()).containsOnlyKeys(VIP, other);
        assertThat(all.servers().get(VIP).counters()).isEqualTo(Statistics.Counters.ZERO);
        assertThat(all.of(VIP, REAL.endpoint())).contains(Statistics.Real.IDLE);
        assertThat(all.of(other, REAL.endpoint())).isEmpty();
    }

    @Test
    void realServersOfSelectedVirtualServersAreCounted() throws Exception {
        Endpoint missing = tcp("11.0.0.9:80");
        accept(List.of(new AddVirtualServer(wlc(VIP)), new AddRealServer(VIP, REAL)));

        Statistics some = kernel.count(new TreeSet<>(List.of(VIP, missing)));

        assertThat(some.of(VIP, REAL.endpoint())).contains(Statistics.Real.IDLE);
        assertThat(some.of(missing, REAL.endpoint())).isEmpty();
    }

    @Test
    void anEmptyBatchHasNoReplies() throws Exception {
        assertThat(kernel.execute(List.of())).isEmpty();
    }

    private void accept(List<Operation> operations) throws IOException {
        assertThat(kernel.execute(operations))
                .containsExactlyElementsOf(
                        operations.stream().<Outcome>map(Outcome.Done::new).toList());
    }

    private void refuse(Operation operation, Errno errno) throws IOException {
        KernelState before = kernel.observe().state();
        assertThat(kernel.execute(Arrays.asList(operation)))
                .singleElement()
                .as("outcome of %s", operation)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.refusal().errno()).isEqualTo(errno));
        assertThat(kernel.observe().state()).as("state after a refusal").isEqualTo(before);
    }
}
