package io.meridian.netlink;

import java.nio.ByteBuffer;

/** Looks up generic netlink families by {@code nlctrl}: linux/genetlink.h. */
public final class GenericNetlink {
    /** Size of {@code struct genlmsghdr}, in bytes. */
    public static final int HEADER = 4;

    private static final int GENL_ID_CTRL = 0x10;
    private static final int CTRL_CMD_GETFAMILY = 3;
    private static final int CTRL_ATTR_FAMILY_ID = 1;
    private static final int CTRL_ATTR_FAMILY_NAME = 2;

    private GenericNetlink() {}

    /**
     * Looks up the message type of a family. The kernel loads the family's module if it is
     * installed.
     *
     * @throws NetlinkException with ENOENT if the family is unknown
     */
    public static int family(NetlinkSocket socket, String name) throws NetlinkException {
        int[] id = new int[1];
        socket.get(
                "cannot look up generic netlink family " + name,
                request(name),
                body -> id[0] = familyId(body));
        return id[0];
    }

    static Request request(String name) {
        return new Request(
                GENL_ID_CTRL,
                0,
                writer ->
                        header(writer, CTRL_CMD_GETFAMILY, 1)
                                .attribute(CTRL_ATTR_FAMILY_NAME, name));
    }

    /** Writes {@code struct genlmsghdr}: command, version, reserved. */
    public static MessageWriter header(MessageWriter writer, int command, int version) {
        return writer.u8(command).u8(version).u16(0);
    }

    private static int familyId(ByteBuffer body) {
        AttributeReader attributes = new AttributeReader(body.position(body.position() + HEADER));
        while (attributes.next()) {
            if (attributes.type() == CTRL_ATTR_FAMILY_ID) {
                return attributes.u16();
            }
        }
        throw new IllegalStateException(
                "kernel described a generic netlink family without its number");
    }
}
