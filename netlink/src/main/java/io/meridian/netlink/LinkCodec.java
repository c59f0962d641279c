package io.meridian.netlink;

import java.nio.ByteBuffer;

/**
 * Encodes and decodes network interfaces over rtnetlink: {@code struct ifinfomsg},
 * linux/rtnetlink.h and linux/if_link.h.
 */
public final class LinkCodec {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int IFF_UP = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_INFO_KIND = 1;

    private LinkCodec() {}

    /**
     * An interface as the kernel reports it.
     *
     * @param index interface index, 1 or more
     */
    public record Link(int index, boolean up) {}

    /** Requests one interface; the kernel refuses with ENODEV if the name is unknown. */
    public static Request get(String name) {
        return new Request(
                RTM_GETLINK,
                0,
                writer -> {
                    header(writer, 0, 0);
                    writer.attribute(IFLA_IFNAME, name);
                });
    }

    /** Sets an interface up and creates it as a dummy interface if the name is unknown. */
    public static Request raiseDummy(String name) {
        return new Request(
                RTM_NEWLINK,
                Netlink.CREATE,
                writer -> {
                    header(writer, IFF_UP, IFF_UP);
                    writer.attribute(IFLA_IFNAME, name);
                    int nest = writer.startNest(IFLA_LINKINFO);
                    writer.attribute(IFLA_INFO_KIND, "dummy");
                    writer.endNest(nest);
                });
    }

    /** Sets an existing interface up; the kernel refuses with ENODEV if the name is unknown. */
    public static Request raise(String name) {
        return new Request(
                RTM_NEWLINK,
                0,
                writer -> {
                    header(writer, IFF_UP, IFF_UP);
                    writer.attribute(IFLA_IFNAME, name);
                });
    }

    /**
     * Decodes one interface.
     *
     * @param body the payload behind {@code struct nlmsghdr}
     */
    public static Link decode(ByteBuffer body) {
        int start = body.position();
        return new Link(body.getInt(start + 4), (body.getInt(start + 8) & IFF_UP) != 0);
    }

    /** Fields: family, padding, type, index, flags, mask of the flags to change. */
    private static void header(MessageWriter writer, int flags, int change) {
        writer.u8(0).u8(0).u16(0).u32(0).u32(flags).u32(change);
    }
}
