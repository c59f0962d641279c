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
     *
     * @param literals the addresses that may be IP VIPs
     */
    static VipLabel parse(
            String label, String framework, Set<Protocol> protocols, LiteralRules literals) {
        int colon = label.lastIndexOf(':');
        String digits = label.substring(colon + 1);
        if (colon < 0 || digits.isEmpty() || !digits.chars().allMatch(VipLabel::isDigit)) {
            return refused(label, "is not name:port");
        }
        int port = port(digits);
        if (port < 1 || port > 65535) {
            return refused(label, "has a port that is not between 1 and 65535");
        }
        String left = label.substring(0, colon);
        Optional<IpAddress> literal = IpAddress.parse(unbracketed(left));
        if (literal.isPresent()) {
            return literals.refusal(literal.get())
                    .map(why -> (VipLabel) refused(label, why))
                    .orElseGet(() -> keys(literal.get().toString(), protocols, port));
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

    static Refused refused(String label, String why) {
        return new Refused(
                "VIP label \"" + label + "\" " + why + "; this VIP is not created, others are");
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** Parses digits; a number of more than nine is out of every range. */
    private static int port(String digits) {
        return digits.length() > 9 ? -1 : Integer.parseInt(digits);
    }

    private static String unbracketed(String text) {
        boolean bracketed = text.startsWith("[") && text.endsWith("]") && text.indexOf(':') > 0;
        return bracketed ? text.substring(1, text.length() - 1) : text;
    }
}
