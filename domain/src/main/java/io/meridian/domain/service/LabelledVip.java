package io.meridian.domain.service;

import io.meridian.domain.net.Protocol;

import java.util.List;
import java.util.Optional;

/**
 * One VIP label of a port, with the options that other labels request for that VIP.
 *
 * @param value value of the label, verbatim, such as {@code /web:80}
 * @param protocol the only protocol of the VIP; empty for all protocols of the port
 * @param weight share of new connections that each backend takes, 1 to {@link #HEAVIEST}
 */
public record LabelledVip(
        String value, Optional<Protocol> protocol, int weight, VipOptions options) {
    /**
     * Largest weight. The kernel allows 65,535, so that slow start can multiply a weight and rise
     * in small steps.
     */
    public static final int HEAVIEST = 100;

    public LabelledVip {
        if (weight < 1 || weight > HEAVIEST) {
            throw new IllegalArgumentException(
                    "weight must be between 1 and " + HEAVIEST + ": was " + weight);
        }
    }

    /** A VIP label without options. */
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
            return of(text); // the value of a label may contain braces
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
     * The value; before it {@code {protocol=udp weight=3 scheduler=rr}} if the label has options.
     * Journal and tables hold this text, so its words never change.
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

    /** As {@link #text()} without refused options, for the operator. */
    @Override
    public String toString() {
        return options.refused().isEmpty()
                ? text()
                : new LabelledVip(value, protocol, weight, options.withRefused(List.of())).text();
    }
}
