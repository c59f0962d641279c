package io.meridian.controlplane.node;

/** Advice for an address and port that cannot be bound, by the operating system's message. */
final class BindAdvice {
    private BindAdvice() {}

    static String of(String message) {
        if (message.contains("already in use")) {
            return "another program has the port: `ss -lntup` names it (systemd-resolved has"
                    + " 127.0.0.53:53; list this host's own addresses in meridian.dns.listen then)";
        }
        if (message.contains("assign requested address")) {
            return "no interface of this host has the address; see meridian.dns.listen";
        }
        if (message.contains("ermission denied")) {
            return "ports below 1024 need CAP_NET_BIND_SERVICE; see meridian.dns.listen";
        }
        return "see meridian.dns.listen";
    }
}
