package io.meridian.domain.service;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a virtual server chooses a backend for a new connection; kernel modules {@code ip_vs_*}. */
public enum VipScheduler {
    /** Round robin: one backend after the other. */
    RR,
    /** Weighted round robin: each backend in proportion to its weight. */
    WRR,
    /** The backend with the fewest connections. */
    LC,
    /** The backend with the fewest connections relative to its weight. */
    WLC,
    /** By the client's address. */
    SH,
    /** By the client's address, with few moves when backends come or go (Maglev). */
    MH;

    /** The scheduler of a VIP without a label for it, as in DC/OS (specs: dcos-net 2.4). */
    public static final VipScheduler DEFAULT = WLC;

    /** The kernel's name of the scheduler, such as {@code wlc}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a name in any case. */
    public static Optional<VipScheduler> parse(String text) {
        return Arrays.stream(values()).filter(one -> one.label().equalsIgnoreCase(text)).findAny();
    }

    /** All names for messages to the operator: {@code rr, wrr, lc, wlc, sh, mh}. */
    public static String labels() {
        return Arrays.stream(values()).map(VipScheduler::label).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return label();
    }
}
