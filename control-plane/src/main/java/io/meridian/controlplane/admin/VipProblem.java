package io.meridian.controlplane.admin;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * One way in which a VIP is not served as its labels ask, or a backend that gets no connections.
 * Fields other than the first two are absent where they do not apply.
 *
 * @param backends endpoints concerned
 * @param row of the kernel's table
 * @param errno of the kernel's refusal
 * @param until the latest deadline of the drains
 * @param nextTry when the writer tries the row again
 * @param containers whose network namespaces have the problem; absent for the host's
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record VipProblem(
        String kind,
        String message,
        @Nullable List<String> backends,
        @Nullable String row,
        @Nullable String errno,
        @Nullable String since,
        @Nullable String until,
        @Nullable Integer tries,
        @Nullable String nextTry,
        @Nullable List<String> containers) {
    static VipProblem of(String kind, String message) {
        return new VipProblem(kind, message, null, null, null, null, null, null, null, null);
    }

    static VipProblem of(String kind, String message, List<String> backends) {
        return new VipProblem(kind, message, backends, null, null, null, null, null, null, null);
    }
}
