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
 * The parsed value of a VIP label (specs: dcos-net 2.1): {@code name:port} or {@code address:port}.
 */
sealed interface VipLabel {
    /** Maximum length of a VIP's name, which leaves room for {@code .l4lb.thisdcos.directory}. */
    int MAX_NAME = Labels.MAX_NAME - ".l4lb.thisdcos.directory".length();

    /** A valid label: one VIP for each protocol of the port. */
    record Keys(SortedSet<VipKey> keys) implements VipLabel {
        public Keys {
            keys = Collections.unmodifiableSortedSet(new TreeSet<>(keys));
        }
    }

    /**
     * An invalid label.
     *
     * @param sentence the label and the reason, for the operator
     */
    record Refused(String sentence) implements VipLabel {}

    /**
     * Parses a label. The last colon separates the port. The part before is an IPv4 literal, an
     * IPv6 literal with or without brackets, or else a name, which is normalised together with the
     * framework's name.
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

    /** Parses a port, 1..65535; returns 0 for any other text. */
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
     * Whether an address is a legal VIP. A node with a VIP at an unspecified, loopback, multicast
     * or broadcast address would redirect its own traffic.
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
