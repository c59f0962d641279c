package io.meridian.ipvs.netlink;

import io.meridian.ipvs.Refusal;

/** What the kernel said to one request of a batch. */
public sealed interface Answer {
    /** Taken. */
    record Accepted() implements Answer {}

    record Refused(Refusal refusal) implements Answer {}

    /**
     * The answer was dropped, or the request never left: it may or may not have come into effect.
     */
    record Lost(String reason) implements Answer {}

    Answer ACCEPTED = new Accepted();
}
