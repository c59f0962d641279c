package io.meridian.domain.service;

import io.meridian.domain.net.Protocol;

import java.util.List;
import java.util.Optional;

/**
 * One VIP label of a port, and what labels beside it say of that VIP.
 *
 * @param value of the label, verbatim, such as {@code /web:80}
 * @param protocol the only one it is for; empty for those of the port
 * @param weight share of new connections that a task behind it takes, 1 to {@link #HEAVIEST}
 */
public record LabelledVip(
        String value, Optional<Protocol> protocol, int weight, VipOptions options) {
    /** Leaves the kernel's 65,535 room to start slowly in small steps. */
    public static final int HEAVIEST = 100;

    public LabelledVip {
        if (weight < 1 || weight > HEAVIEST) {
            throw new IllegalArgumentException(
                    "weight must be between 1 and " + HEAVIEST + ": was " + weight);
        }
    }

    /** Without anything beside it. */
    public static LabelledVip of(String value) {
        return new LabelledVip(value, Optional.empty(), 1, VipOptions.NONE);
    }

    /** Reads what {@link #text()} wrote, and any bare value. */
    public static LabelledVip parse(String text) {
        int end = text.indexOf('}');
        if (!text.startsWith("{") || end < 0) {
            return of(text);
        }
        try {
            return parse(text.substring(1, end), text.substring(end + 1));
        } catch (IllegalArgumentException bare) {
            return of(text); // a label may have braces of its own
        }
    }

    private static LabelledVip parse(String words, String value) {
        Optional<Protocol> protocol = Optional.empty();
        int weight = 1;
        for (String word : words.split(" ", -1)) {
            if (word.startsWith("protocol=")) {
                protocol = Protocol.parse(word.substring("protocol=".length()));
            } else if (word.startsWith("weight=")) {
                weight = Integer.parseInt(word.substring("weight=".length()));
            }
        }
        return new LabelledVip(value, protocol, weight, VipOptions.parse(words));
    }

    /**
     * The value, after {@code {protocol=udp weight=3 scheduler=rr}} if there is more than the
     * value. Journal and tables hold it: its words never change.
     */
    public String text() {
        StringBuilder words = new StringBuilder();
        protocol.ifPresent(one -> words.append("protocol=").append(one.label()).append(' '));
        if (weight != 1) {
            words.append("weight=").append(weight).append(' ');
        }
        words.append(options);
        String said = words.toString().trim();
        return said.isEmpty() && !value.startsWith("{") ? value : "{" + said + "}" + value;
    }

    /** For people: what holds, in the words of {@link #text()}; without what is refused. */
    @Override
    public String toString() {
        return options.refused().isEmpty()
                ? text()
                : new LabelledVip(value, protocol, weight, options.withRefused(List.of())).text();
    }
}
