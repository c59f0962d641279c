package io.meridian.ipvs.reconcile;

import io.meridian.domain.vip.Reachability;
import io.meridian.ipvs.NodeView;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * Decides when a round runs, and with which input. Rounds run one at a time, and only once there
 * are an image and a kernel. All changes during a round lead to one next round, with the newest
 * input. Has no side effects; one thread uses it. Laws: {@code RoundSchedulerLawTest}.
 */
final class RoundScheduler {
    private NodeView node;
    private DataPlaneUpdate.@Nullable ApplyImage newest;
    private @Nullable Reconciler reconciler;
    private boolean running;
    private boolean changed;
    private boolean auditDue;

    RoundScheduler(NodeView node) {
        this.node = node;
    }

    void applyImage(DataPlaneUpdate.ApplyImage image) {
        newest = image;
        changed = true;
    }

    void updateReachability(Reachability reachability) {
        node = node.withReachability(reachability);
        changed = true;
    }

    void kernelOpened(Reconciler opened) {
        reconciler = opened;
        changed = true;
    }

    /** Requests a round because a retry, or a step of a drain or slow start, is due. */
    void wake() {
        changed = true;
    }

    void requestAudit() {
        auditDue = true;
    }

    /** Ends the running round, whether it succeeded or failed. */
    void roundDone() {
        running = false;
    }

    /** The round to start now, which then counts as running; empty if no round is due. */
    Optional<ReconcileRequest> next() {
        if (running || !(changed || auditDue)) {
            return Optional.empty();
        }
        Optional<ReconcileRequest> request = request(auditDue);
        if (request.isPresent()) {
            running = true;
            changed = false;
            auditDue = false;
        }
        return request;
    }

    /** The input for a plan; empty without an image or a kernel. */
    Optional<ReconcileRequest> current() {
        return request(false);
    }

    private Optional<ReconcileRequest> request(boolean audit) {
        return newest == null || reconciler == null
                ? Optional.empty()
                : Optional.of(new ReconcileRequest(newest, node, reconciler, audit));
    }

    boolean hasKernel() {
        return reconciler != null;
    }
}
