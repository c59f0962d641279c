package io.meridian.netlink;

import java.io.IOException;

/** A netlink call failed as a whole; the caller must dump again to learn the kernel's state. */
public final class NetlinkException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    /**
     * @param what the attempt, such as {@code cannot dump virtual servers}
     */
    public NetlinkException(String what, Refusal refusal) {
        super(what + ": kernel said " + refusal);
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
