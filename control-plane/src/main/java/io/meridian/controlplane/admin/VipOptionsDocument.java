package io.meridian.controlplane.admin;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.meridian.domain.service.VipOptions;
import io.meridian.domain.service.VipScheduler;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/** A VIP's options; a field is absent if no label sets it. Times are in seconds. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record VipOptionsDocument(
        @Nullable String scheduler,
        @Nullable Long affinitySeconds,
        @Nullable Long drainSeconds,
        @Nullable Long slowStartSeconds,
        @Nullable String clientAddress) {
    static VipOptionsDocument of(VipOptions options) {
        return of(options, null);
    }

    /** With the scheduler that serves if no label names one. */
    static VipOptionsDocument effective(VipOptions options) {
        return of(options, VipScheduler.DEFAULT.label());
    }

    private static VipOptionsDocument of(VipOptions options, @Nullable String scheduler) {
        return new VipOptionsDocument(
                options.scheduler().map(VipScheduler::label).orElse(scheduler),
                options.affinity().map(Duration::toSeconds).orElse(null),
                options.drain().map(Duration::toSeconds).orElse(null),
                options.slowStart().map(Duration::toSeconds).orElse(null),
                options.keepsClientAddress().map(keeps -> keeps ? "keep" : "hide").orElse(null));
    }
}
