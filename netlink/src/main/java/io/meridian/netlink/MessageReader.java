package io.meridian.netlink;

import io.meridian.libc.Errno;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Splits the kernel's datagrams into messages and decodes acknowledgements and refusals. */
final class MessageReader {
    private static final int NLMSGERR_ATTR_MSG = 1;

    private MessageReader() {}

    /** Consumes one message. */
    interface OnMessage {
        /**
         * @param type {@code nlmsg_type}
         * @param flags {@code nlmsg_flags}
         * @param number sequence number of the request
         * @param body the payload behind {@code struct nlmsghdr}
         */
        void accept(int type, int flags, int number, ByteBuffer body);
    }

    /**
     * Passes on every message of one datagram, from its position to its limit.
     *
     * @throws NetlinkException with EINVAL if a length field exceeds the datagram
     */
    static void forEach(ByteBuffer datagram, OnMessage onMessage) throws NetlinkException {
        int position = datagram.position();
        while (datagram.limit() - position >= Netlink.HEADER) {
            int total = datagram.getInt(position);
            if (total < Netlink.HEADER || total > datagram.limit() - position) {
                throw new NetlinkException(
                        "cannot read the kernel's reply", Refusal.of(Errno.EINVAL));
            }
            ByteBuffer body = datagram.duplicate().order(ByteOrder.nativeOrder());
            body.limit(position + total).position(position + Netlink.HEADER);
            onMessage.accept(
                    Short.toUnsignedInt(datagram.getShort(position + 4)),
                    Short.toUnsignedInt(datagram.getShort(position + 6)),
                    datagram.getInt(position + 8),
                    body);
            position += Netlink.align(total);
        }
    }

    /**
     * Decodes {@code struct nlmsgerr}, linux/netlink.h: error, header of the request, payload of
     * the request unless NLM_F_CAPPED, attributes if NLM_F_ACK_TLVS.
     */
    static Reply reply(int flags, ByteBuffer body) {
        int error = -body.getInt(body.position());
        if (error == 0) {
            return Reply.ACCEPTED;
        }
        String detail = "";
        if ((flags & Netlink.ACK_TLVS) != 0) {
            int request =
                    (flags & Netlink.CAPPED) != 0
                            ? Netlink.HEADER
                            : Netlink.align(body.getInt(body.position() + 4));
            AttributeReader words =
                    new AttributeReader(body.position(body.position() + 4 + request));
            while (words.next()) {
                if (words.type() == NLMSGERR_ATTR_MSG) {
                    detail = words.text();
                }
            }
        }
        return new Reply.Refused(Refusal.of(error, detail));
    }
}
