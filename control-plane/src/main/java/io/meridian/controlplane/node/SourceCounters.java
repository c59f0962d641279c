package io.meridian.controlplane.node;

import io.meridian.sources.marathon.MarathonCounters;
import io.meridian.sources.mesos.MesosCounters;

/** Counters of this node's sources; they outlive each membership of the cluster. */
record SourceCounters(MarathonCounters marathon, MesosCounters mesos) {
    static SourceCounters none() {
        return new SourceCounters(new MarathonCounters(), new MesosCounters());
    }
}
