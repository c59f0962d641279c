package io.meridian.netlink;

import java.util.function.Consumer;

/**
 * A message to the kernel, without its sequence number.
 *
 * @param type {@code nlmsg_type}
 * @param flags {@code nlmsg_flags} besides NLM_F_REQUEST and those that the socket adds
 * @param body writes the payload behind {@code struct nlmsghdr}; at most {@link
 *     NetlinkSocket#MAX_MESSAGE} bytes
 */
public record Request(int type, int flags, Consumer<MessageWriter> body) {
    /**
     * Appends the message.
     *
     * @param extraFlags {@code nlmsg_flags} that the socket adds
     */
    public void write(MessageWriter writer, int extraFlags, int sequence) {
        writer.start(type, Netlink.REQUEST | flags | extraFlags, sequence);
        body.accept(writer);
        writer.end();
    }
}
