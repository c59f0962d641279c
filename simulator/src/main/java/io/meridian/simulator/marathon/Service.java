package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An app or pod with its versions and instances. Changed by the simulation thread only. */
final class Service {
    final String id;
    final boolean pod;
    final Map<String, RunSpec> versions = new LinkedHashMap<>();
    final List<Instance> instances = new ArrayList<>();
    final ObjectNode lastTaskFailure = Json.object();
    RunSpec current;

    /** Whether the service is deleted: no longer defined, while its last tasks still end. */
    boolean stopping;

    Service(RunSpec first) {
        this.id = first.id();
        this.pod = first.pod();
        this.current = first;
        versions.put(first.version(), first);
    }

    void change(RunSpec next) {
        current = next;
        versions.put(next.version(), next);
    }

    /** Wanted instances, running or starting. */
    List<Instance> wanted() {
        return instances.stream().filter(instance -> !instance.decommissioned).toList();
    }

    long ready() {
        return wanted().stream().filter(Instance::isReady).count();
    }
}
