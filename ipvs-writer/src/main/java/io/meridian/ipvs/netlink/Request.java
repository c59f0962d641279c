package io.meridian.ipvs.netlink;

import java.util.function.Consumer;

/**
 * One message to the kernel, without sequence number.
 *
 * @param type {@code nlmsg_type}
 * @param flags {@code nlmsg_flags} on top of NLM_F_REQUEST and what the exchange itself needs
 * @param body writes what follows {@code struct nlmsghdr}; at most {@link
 *     NetlinkSocket#MAX_MESSAGE} bytes
 */
public record Request(int type, int flags, Consumer<MessageWriter> body) {
    /** Appends the message. */
    public void write(MessageWriter writer, int extraFlags, int sequence) {
        writer.start(type, Nl.REQUEST | flags | extraFlags, sequence);
        body.accept(writer);
        writer.end();
    }
}
