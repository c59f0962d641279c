package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.Errno;
import io.meridian.ipvs.KernelModel;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.Refusal;
import io.meridian.ipvs.netlink.NetlinkException;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A kernel in memory that can be told to fail, and that others may edit; any thread. */
final class FakeKernel implements Kernel {
    private KernelModel model = new KernelModel();
    private final List<Operation> executed = new ArrayList<>();
    private Predicate<Operation> refused = operation -> false;
    private Predicate<Operation> lost = operation -> false;
    private boolean unreachable;
    private boolean closed;
    private int observations;

    /** The kernel holds that from now on, as if it always had. */
    synchronized FakeKernel holding(KernelState state) {
        model = KernelModel.of(state);
        return this;
    }

    /** Somebody else does that. */
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

    /** These come into effect and their answers get lost, with those of all behind them. */
    synchronized void lose(Predicate<Operation> which) {
        lost = which;
    }

    synchronized void reachable(boolean reachable) {
        unreachable = !reachable;
    }

    /** What it took, in order. */
    synchronized List<Operation> executed() {
        return List.copyOf(executed);
    }

    synchronized int observations() {
        return observations;
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
    public synchronized KernelState observe() throws NetlinkException {
        check("cannot dump virtual servers");
        observations++;
        return model.state();
    }

    @Override
    public synchronized List<Outcome> execute(List<Operation> operations) throws NetlinkException {
        check("cannot send to the kernel");
        List<Outcome> outcomes = new ArrayList<>();
        boolean deaf = false;
        for (Operation operation : operations) {
            deaf |= lost.test(operation);
            Outcome outcome = apply(operation);
            outcomes.add(
                    deaf ? new Outcome.Lost(operation, "answer dropped, ENOBUFS (105)") : outcome);
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
