package io.meridian.ipvs.netlink;

import io.meridian.ipvs.Errno;
import io.meridian.ipvs.Refusal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads what the kernel sends: several messages in one datagram, acknowledgements and refusals. */
final class MessageReader {
    private static final int NLMSGERR_ATTR_MSG = 1;

    private MessageReader() {}

    /** Takes one message. */
    interface OnMessage {
        /**
         * @param number the request's sequence number
         * @param body the part behind {@code struct nlmsghdr}
         */
        void accept(int type, int flags, int number, ByteBuffer body);
    }

    /** Calls with every message of one datagram, from its position to its limit. */
    static void forEach(ByteBuffer datagram, OnMessage onMessage) throws NetlinkException {
        int position = datagram.position();
        while (datagram.limit() - position >= Nl.HEADER) {
            int total = datagram.getInt(position);
            if (total < Nl.HEADER || total > datagram.limit() - position) {
                throw new NetlinkException(
                        "cannot read the kernel's answer", Refusal.of(Errno.EINVAL));
            }
            ByteBuffer body = datagram.duplicate().order(ByteOrder.nativeOrder());
            body.limit(position + total).position(position + Nl.HEADER);
            onMessage.accept(
                    Short.toUnsignedInt(datagram.getShort(position + 4)),
                    Short.toUnsignedInt(datagram.getShort(position + 6)),
                    datagram.getInt(position + 8),
                    body);
            position += Nl.align(total);
        }
    }

    /**
     * Reads {@code struct nlmsgerr}, linux/netlink.h: an int, the header of the request, its body
     * unless capped, words.
     */
    static Answer answer(int flags, ByteBuffer body) {
        int error = -body.getInt(body.position());
        if (error == 0) {
            return Answer.ACCEPTED;
        }
        String detail = "";
        if ((flags & Nl.ACK_TLVS) != 0) {
            int request =
                    (flags & Nl.CAPPED) != 0
                            ? Nl.HEADER
                            : Nl.align(body.getInt(body.position() + 4));
            AttributeReader words =
                    new AttributeReader(body.position(body.position() + 4 + request));
            while (words.next()) {
                if (words.type() == NLMSGERR_ATTR_MSG) {
                    detail = words.text();
                }
            }
        }
        return new Answer.Refused(Refusal.of(error, detail));
    }
}
