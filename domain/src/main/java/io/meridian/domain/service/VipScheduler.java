package io.meridian.domain.service;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a virtual server chooses a backend for a new connection; kernel modules {@code ip_vs_*}. */
public enum VipScheduler {
    /** One after the other. */
    RR,
    /** One after the other, as often as its weight says. */
    WRR,
    /** Fewest connections. */
    LC,
    /** Fewest connections for its weight. */
    WLC,
    /** By the client's address. */
    SH,
    /** By the client's address, with few moves when backends come or go (Maglev). */
    MH;

    /** What a VIP has that asks for none, as in DC/OS (specs: dcos-net 2.4). */
    public static final VipScheduler DEFAULT = WLC;

    /** The kernel's name for it, such as {@code wlc}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a name in any case. */
    public static Optional<VipScheduler> parse(String text) {
        return Arrays.stream(values()).filter(one -> one.label().equalsIgnoreCase(text)).findAny();
    }

    /** For people: {@code rr, wrr, lc, wlc, sh, mh}. */
    public static String labels() {
        return Arrays.stream(values()).map(VipScheduler::label).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return label();
    }
}
