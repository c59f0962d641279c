package io.meridian.ipvs.netlink;

/**
 * Numbers of linux/netlink.h, linux/genetlink.h and sys/socket.h that more than one class here
 * needs.
 */
final class Nl {
    /** NETLINK_ROUTE. */
    static final int NETLINK_ROUTE = 0;

    /** NETLINK_GENERIC. */
    static final int NETLINK_GENERIC = 16;

    /** NLM_F_REQUEST. */
    static final int REQUEST = 0x01;

    /** NLM_F_ACK. */
    static final int ACK = 0x04;

    /** NLM_F_DUMP_INTR. */
    static final int DUMP_INTR = 0x10;

    /** NLM_F_CAPPED, in acks only. */
    static final int CAPPED = 0x100;

    /** NLM_F_ACK_TLVS, in acks only. */
    static final int ACK_TLVS = 0x200;

    /** NLM_F_EXCL. */
    static final int EXCL = 0x200;

    /** NLM_F_DUMP = NLM_F_ROOT | NLM_F_MATCH. */
    static final int DUMP = 0x300;

    /** NLM_F_CREATE. */
    static final int CREATE = 0x400;

    /** NLMSG_ERROR; an error of 0 is an acknowledgement. */
    static final int ERROR = 2;

    /** NLMSG_DONE. */
    static final int DONE = 3;

    /** NLMSG_HDRLEN. */
    static final int HEADER = 16;

    /** NLA_HDRLEN. */
    static final int ATTRIBUTE_HEADER = 4;

    /** NLA_F_NESTED. */
    static final int NESTED = 0x8000;

    /** NLA_TYPE_MASK. */
    static final int TYPE_MASK = 0x3fff;

    /** AF_INET, sys/socket.h. */
    static final int AF_INET = 2;

    /** AF_INET6, sys/socket.h. */
    static final int AF_INET6 = 10;

    private Nl() {}

    /** NLMSG_ALIGN and NLA_ALIGN: up to a multiple of four. */
    static int align(int length) {
        return length + 3 & ~3;
    }
}
