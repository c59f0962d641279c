package io.meridian.netlink;

/** Constants of linux/netlink.h, named as there without their prefix, and its alignment. */
public final class Netlink {
    /** NETLINK_ROUTE. */
    public static final int NETLINK_ROUTE = 0;

    /** NETLINK_GENERIC. */
    public static final int NETLINK_GENERIC = 16;

    /** NLM_F_REQUEST. */
    public static final int REQUEST = 0x01;

    /** NLM_F_ACK. */
    public static final int ACK = 0x04;

    /** NLM_F_DUMP_INTR. */
    public static final int DUMP_INTR = 0x10;

    /** NLM_F_CAPPED, in acks only. */
    public static final int CAPPED = 0x100;

    /** NLM_F_ACK_TLVS, in acks only. */
    public static final int ACK_TLVS = 0x200;

    /** NLM_F_EXCL. */
    public static final int EXCL = 0x200;

    /** NLM_F_DUMP = NLM_F_ROOT | NLM_F_MATCH. */
    public static final int DUMP = 0x300;

    /** NLM_F_CREATE. */
    public static final int CREATE = 0x400;

    /** NLMSG_ERROR; with error 0 it is an acknowledgement. */
    public static final int ERROR = 2;

    /** NLMSG_DONE. */
    public static final int DONE = 3;

    /** NLMSG_HDRLEN. */
    public static final int HEADER = 16;

    /** NLA_HDRLEN. */
    public static final int ATTRIBUTE_HEADER = 4;

    /** NLA_F_NESTED. */
    public static final int NESTED = 0x8000;

    /** NLA_TYPE_MASK. */
    public static final int TYPE_MASK = 0x3fff;

    private Netlink() {}

    /** NLMSG_ALIGN and NLA_ALIGN: rounds up to a multiple of four. */
    public static int align(int length) {
        return length + 3 & ~3;
    }
}
