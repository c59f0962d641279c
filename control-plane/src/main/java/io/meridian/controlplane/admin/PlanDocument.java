package io.meridian.controlplane.admin;

import io.meridian.ipvs.Proposal;

import java.util.List;

/** {@code GET /api/vips/plan}: the kernel operations that this node would run now. */
record PlanDocument(String comparedWith, List<Change> changes, List<Held> held) {
    record Change(String stage, String operation, String row, String why) {
        static Change of(Proposal.Change change) {
            String text = change.operation().toString();
            int colon = text.indexOf(':');
            return new Change(
                    change.stage(),
                    colon < 0 ? text : text.substring(0, colon),
                    colon < 0 ? "" : text.substring(colon + 1).strip(),
                    change.why());
        }
    }

    record Held(String row, String why) {}

    static PlanDocument of(Proposal proposal) {
        return new PlanDocument(
                proposal.source(),
                proposal.changes().stream().map(Change::of).toList(),
                proposal.held().stream().map(row -> new Held(row.row(), row.why())).toList());
    }
}
