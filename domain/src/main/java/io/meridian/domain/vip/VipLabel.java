package io.meridian.domain.vip;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Labels;
import io.meridian.domain.net.Protocol;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the value of a VIP label asks for (specs: dcos-net 2.1): {@code name:port} or {@code
 * address:port}.
 */
public sealed interface VipLabel {
    /** Longest name of a VIP, so that it fits in front of {@code .l4lb.thisdcos.directory}. */
    int MAX_NAME = Labels.MAX_NAME - ".l4lb.thisdcos.directory".length();

    /** One VIP for each protocol of the port. */
    record Keys(SortedSet<VipKey> keys) implements VipLabel {
        public Keys {
            keys = Collections.unmodifiableSortedSet(new TreeSet<>(keys));
        }
    }

    /**
     * No VIP.
     *
     * @param sentence which label, and why; for people
     */
    record Refused(String sentence) implements VipLabel {}

    /**
     * Reads the value of a label. It is split at the last colon; an address may be an IPv4 literal
     * or an IPv6 one with or without brackets; any other text is a name, normalised together with
     * the framework's.
     */
    static VipLabel parse(String label, String framework, Set<Protocol> protocols) {
        int colon = label.lastIndexOf(':');
        int port = colon < 0 ? 0 : port(label.substring(colon + 1));
        if (port == 0) {
            return refused(label, "is not name:port");
        }
        String left = label.substring(0, colon);
        Optional<IpAddress> literal = IpAddress.parse(unbracketed(left));
        if (literal.isPresent()) {
            return isUnicast(literal.get())
                    ? keys(literal.get().toString(), protocols, port)
                    : refused(label, "is an address that can't be shared");
        }
        Optional<String> name = Labels.dcosFragment(left);
        if (name.isEmpty()) {
            return refused(label, "has a name without letters and digits, or a part of one");
        }
        Optional<String> owner = Labels.dcosFragment(framework);
        if (owner.isEmpty()) {
            return refused(label, "is in framework \"" + framework + "\", which gives no DNS name");
        }
        String full = name.get() + "." + owner.get();
        if (full.length() > MAX_NAME) {
            return refused(label, "makes a DNS name that is too long");
        }
        return IpAddress.parse(full).isPresent() // label 1.2.3 in framework 4
                ? refused(label, "makes a DNS name that reads as an address")
                : keys(full, protocols, port);
    }

    private static VipLabel keys(String name, Set<Protocol> protocols, int port) {
        SortedSet<VipKey> keys = new TreeSet<>();
        protocols.forEach(protocol -> keys.add(new VipKey(name, protocol, port)));
        return new Keys(keys);
    }

    private static Refused refused(String label, String why) {
        return new Refused(
                "label VIP=\"" + label + "\" " + why + "; this VIP is not created, others are");
    }

    /** 1..65535, or 0 for anything that is not. */
    private static int port(String text) {
        if (text.isEmpty()
                || text.length() > 9
                || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        int port = Integer.parseInt(text);
        return port <= 65535 ? port : 0;
    }

    private static String unbracketed(String text) {
        boolean bracketed = text.startsWith("[") && text.endsWith("]") && text.indexOf(':') > 0;
        return bracketed ? text.substring(1, text.length() - 1) : text;
    }

    /**
     * Not unspecified, loopback, multicast or broadcast: every node would take such traffic away
     * from itself.
     */
    private static boolean isUnicast(IpAddress address) {
        byte[] b = address.bytes();
        if (address.isIpv4()) {
            int first = b[0] & 0xff;
            return first != 0 && first != 127 && first < 224;
        }
        return b[0] != -1 && address.compareTo(IpAddress.literal("::1")) > 0;
    }
}
