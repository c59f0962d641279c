package io.meridian.controlplane.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.domain.service.VipOptions;

/** Options of a VIP as JSON: what is said, and nothing else. */
public final class VipOptionsJson {
    private VipOptionsJson() {}

    /** Adds a field for each option that is said. */
    public static void put(ObjectNode json, VipOptions options) {
        options.scheduler().ifPresent(one -> json.put("scheduler", one.label()));
        options.affinity().ifPresent(time -> json.put("affinity_seconds", time.toSeconds()));
        options.drain().ifPresent(time -> json.put("drain_seconds", time.toSeconds()));
        options.slowStart().ifPresent(time -> json.put("slow_start_seconds", time.toSeconds()));
        options.keepsClientAddress()
                .ifPresent(keeps -> json.put("client_address", keeps ? "keep" : "hide"));
    }
}
