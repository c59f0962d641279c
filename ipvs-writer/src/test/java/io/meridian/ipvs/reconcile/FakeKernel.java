package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.Endpoint;
import io.meridian.ipvs.KernelModel;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.Observation;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.Statistics;
import io.meridian.libc.Errno;
import io.meridian.netlink.NetlinkException;
import io.meridian.netlink.Refusal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A kernel in memory with injected failures and foreign changes; thread-safe. */
final class FakeKernel implements Kernel {
    private KernelModel model = new KernelModel();
    private final List<Operation> executed = new ArrayList<>();
    private Predicate<Operation> refused = operation -> false;
    private Predicate<Operation> lost = operation -> false;
    private boolean unreachable;
    private boolean closed;
    private int observations;
    private int looks;
    private int strength = Integer.MAX_VALUE;

    /** Sets the kernel's initial state. */
    synchronized FakeKernel holding(KernelState state) {
        model = KernelModel.of(state);
        return this;
    }

    /** Applies an operation of another program. */
    synchronized void edit(Operation operation) {
        model.apply(operation)
                .ifPresent(
                        errno -> {
                            throw new AssertionError("the edit itself was refused: " + errno);
                        });
    }

    synchronized void refuse(Predicate<Operation> which) {
        refused = which;
    }

    /** Applies matching operations but loses their replies and all later replies. */
    synchronized void lose(Predicate<Operation> which) {
        lost = which;
    }

    /** Makes the kernel unreachable after a number of operations, even within a batch. */
    synchronized void dieAfter(int operations) {
        strength = operations;
    }

    /** Sets the numbers of active and inactive connections of a real server. */
    synchronized void connections(Endpoint server, Endpoint real, long active, long inactive) {
        model.count(
                server, real, new Statistics.Real(Statistics.Counters.ZERO, active, inactive, 0));
    }

    synchronized void lack(String scheduler) {
        model.lack(scheduler);
    }

    synchronized void load(String scheduler) {
        model.load(scheduler);
    }

    synchronized void reachable(boolean reachable) {
        unreachable = !reachable;
        strength = Integer.MAX_VALUE;
    }

    /** Executed operations, in order. */
    synchronized List<Operation> executed() {
        return List.copyOf(executed);
    }

    synchronized int observations() {
        return observations;
    }

    /** Number of connection counts that were read without a complete dump. */
    synchronized int looks() {
        return looks;
    }

    synchronized KernelState state() {
        return model.state();
    }

    synchronized boolean closed() {
        return closed;
    }

    @Override
    public Availability availability() {
        return Availability.READY;
    }

    @Override
    public synchronized Observation observe() throws NetlinkException {
        check("cannot dump virtual servers");
        observations++;
        return new Observation(model.state(), model.statistics());
    }

    @Override
    public synchronized Statistics count(Set<Endpoint> virtualServers) throws NetlinkException {
        check("cannot dump real servers");
        looks++;
        SortedMap<Endpoint, Statistics.Server> counted =
                new TreeMap<>(model.statistics().servers());
        counted.keySet().retainAll(virtualServers);
        return new Statistics(counted);
    }

    @Override
    public synchronized List<Outcome> execute(List<Operation> operations) throws NetlinkException {
        check("cannot send to the kernel");
        List<Outcome> outcomes = new ArrayList<>();
        boolean deaf = false;
        for (Operation operation : operations) {
            if (strength-- == 0) {
                unreachable = true;
            }
            check("cannot send to the kernel");
            deaf |= lost.test(operation);
            Outcome outcome = apply(operation);
            outcomes.add(
                    deaf ? new Outcome.Lost(operation, "reply dropped, ENOBUFS (105)") : outcome);
        }
        return outcomes;
    }

    private Outcome apply(Operation operation) {
        if (refused.test(operation)) {
            return new Outcome.Refused(operation, Refusal.of(Errno.ENOMEM));
        }
        return model.apply(operation)
                .<Outcome>map(errno -> new Outcome.Refused(operation, Refusal.of(errno)))
                .orElseGet(
                        () -> {
                            executed.add(operation);
                            return new Outcome.Done(operation);
                        });
    }

    private void check(String what) throws NetlinkException {
        if (unreachable) {
            throw new NetlinkException(what, Refusal.of(Errno.ENOBUFS));
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
