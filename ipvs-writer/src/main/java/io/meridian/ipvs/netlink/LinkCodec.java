package io.meridian.ipvs.netlink;

import java.nio.ByteBuffer;

/** Interfaces over rtnetlink: {@code struct ifinfomsg}, linux/rtnetlink.h and linux/if_link.h. */
public final class LinkCodec {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int IFF_UP = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_INFO_KIND = 1;

    private LinkCodec() {}

    /**
     * An interface as the kernel describes it.
     *
     * @param index 1 or more
     */
    public record Link(int index, boolean up) {}

    /** Refused with ENODEV if there is none of that name. */
    public static Request get(String name) {
        return new Request(
                RTM_GETLINK,
                0,
                writer -> {
                    header(writer, 0, 0);
                    writer.attribute(IFLA_IFNAME, name);
                });
    }

    /** Creates a dummy interface if there is none of that name, and sets it up in any case. */
    public static Request raiseDummy(String name) {
        return new Request(
                RTM_NEWLINK,
                Nl.CREATE,
                writer -> {
                    header(writer, IFF_UP, IFF_UP);
                    writer.attribute(IFLA_IFNAME, name);
                    int nest = writer.startNest(IFLA_LINKINFO);
                    writer.attribute(IFLA_INFO_KIND, "dummy");
                    writer.endNest(nest);
                });
    }

    /** Sets up what is there, and creates nothing. Refused with ENODEV if there is none. */
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
     * @param body the part behind {@code struct nlmsghdr}
     */
    public static Link decode(ByteBuffer body) {
        int start = body.position();
        return new Link(body.getInt(start + 4), (body.getInt(start + 8) & IFF_UP) != 0);
    }

    /** family, pad, type, index, flags, mask of the flags that are to change. */
    private static void header(MessageWriter writer, int flags, int change) {
        writer.u8(0).u8(0).u16(0).u32(0).u32(flags).u32(change);
    }
}
