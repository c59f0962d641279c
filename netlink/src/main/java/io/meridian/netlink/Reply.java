package io.meridian.netlink;

/** The kernel's reply to one request of a batch. */
public sealed interface Reply {
    /** The kernel applied the request. */
    record Accepted() implements Reply {}

    /** The kernel rejected the request and changed nothing. */
    record Refused(Refusal refusal) implements Reply {}

    /**
     * The kernel dropped its reply, or the request was not sent. The request may or may not have
     * taken effect.
     */
    record Lost(String reason) implements Reply {}

    Reply ACCEPTED = new Accepted();
}
