package io.meridian.ipvs.reconcile;

import io.meridian.domain.vip.Reachability;
import io.meridian.ipvs.NodeView;

import java.util.Optional;

/**
 * What the next round is to be done with, and whether it is due: one at a time, none without an
 * image or a kernel, and whatever comes in during one is a single next one, of which only the
 * newest counts. Decides and does nothing; used by one thread. Laws: {@code AgendaLawTest}.
 */
final class Agenda {
    private NodeView node;
    private Optional<IpvsWriter.Show> newest = Optional.empty();
    private Optional<Reconciler> reconciler = Optional.empty();
    private boolean underWay;
    private boolean changed;
    private boolean auditDue;

    Agenda(NodeView node) {
        this.node = node;
    }

    /**
     * A round to begin now.
     *
     * @param audit dump the kernel even if it is known what it should hold
     */
    record Due(KernelThread.Errand errand, boolean audit) {}

    void show(IpvsWriter.Show show) {
        newest = Optional.of(show);
        changed = true;
    }

    void judge(Reachability reachability) {
        node = node.judging(reachability);
        changed = true;
    }

    /** There is a kernel now. */
    void opened(Reconciler with) {
        reconciler = Optional.of(with);
        changed = true;
    }

    /** Something falls due: what has failed is tried again, a drain goes on. */
    void goOn() {
        changed = true;
    }

    void audit() {
        auditDue = true;
    }

    /** The round that was due is over, whatever has come of it. */
    void done() {
        underWay = false;
    }

    /** The round to begin now, which from then on is under way; empty if none is. */
    Optional<Due> next() {
        if (underWay || !(changed || auditDue)) {
            return Optional.empty();
        }
        Optional<Due> due = errand().map(errand -> new Due(errand, auditDue));
        if (due.isPresent()) {
            underWay = true;
            changed = false;
            auditDue = false;
        }
        return due;
    }

    /** What a round would be done with now, or a plan; empty without an image or a kernel. */
    Optional<KernelThread.Errand> errand() {
        return newest.flatMap(
                shown -> reconciler.map(with -> new KernelThread.Errand(shown, node, with)));
    }

    boolean hasKernel() {
        return reconciler.isPresent();
    }
}
