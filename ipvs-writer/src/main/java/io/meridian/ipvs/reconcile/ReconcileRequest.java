package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.NodeView;

/**
 * Input of one round, or of one plan.
 *
 * @param newest the image to program
 * @param node this node's addresses and its view of other nodes
 * @param reconciler of the open kernel
 * @param audit whether the round dumps the kernel even if its state is known
 */
record ReconcileRequest(
        DataPlaneUpdate.ApplyImage newest, NodeView node, Reconciler reconciler, boolean audit) {}
