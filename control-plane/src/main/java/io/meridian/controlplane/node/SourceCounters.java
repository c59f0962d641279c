package io.meridian.controlplane.node;

import io.meridian.sources.marathon.MarathonCounters;
import io.meridian.sources.mesos.MesosCounters;

/** What this node's sources count, whichever membership it is. */
record SourceCounters(MarathonCounters marathon, MesosCounters mesos) {
    static SourceCounters none() {
        return new SourceCounters(new MarathonCounters(), new MesosCounters());
    }
}
