package io.meridian.ipvs.netlink;

import io.meridian.ipvs.Refusal;

import java.io.IOException;

/** A netlink call failed as a whole; after it only a fresh dump tells what the kernel holds. */
public final class NetlinkException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    /**
     * @param what what was tried, such as {@code cannot dump virtual servers}
     */
    public NetlinkException(String what, Refusal refusal) {
        super(what + ": kernel said " + refusal);
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
