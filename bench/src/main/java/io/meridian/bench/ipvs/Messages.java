package io.meridian.bench.ipvs;

import io.meridian.ipvs.IpvsDiff;
import io.meridian.ipvs.IpvsOperation;
import io.meridian.ipvs.IpvsTable;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.LinkState;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.RouteOperation;
import io.meridian.ipvs.netlink.IpvsCodec;
import io.meridian.netlink.GenericNetlink;
import io.meridian.netlink.LinkCodec;
import io.meridian.netlink.MessageWriter;
import io.meridian.netlink.NetlinkException;
import io.meridian.netlink.NetlinkSocket;
import io.meridian.netlink.Request;
import io.meridian.netlink.RouteCodec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the file for {@code bare.c}: encoded messages in batches, in the order of Meridian's
 * writer.
 */
final class Messages {
    private static final int ACK = 4; // NLM_F_ACK
    private static final int GENERIC = 16; // NETLINK_GENERIC
    private static final int ROUTE = 0; // NETLINK_ROUTE

    private Messages() {}

    /**
     * Encodes the messages that lead from a raised interface and an empty table to the image.
     *
     * @param batch messages in one send
     */
    static void write(Path file, KernelState goal, int batch) throws IOException {
        KernelState nothing = KernelState.of(IpvsTable.EMPTY, List.of(), LinkState.UP);
        IpvsCodec codec;
        int link;
        try (NetlinkSocket socket = NetlinkSocket.generic(1 << 16)) {
            codec = new IpvsCodec(GenericNetlink.family(socket, IpvsCodec.FAMILY));
        }
        link = link();
        List<IpvsOperation> ipvs = new ArrayList<>();
        List<Request> routes = new ArrayList<>();
        for (Operation operation : IpvsDiff.diff(goal, nothing).operations()) {
            switch (operation) {
                case IpvsOperation each -> ipvs.add(each);
                case RouteOperation.AddRoute add ->
                        routes.add(RouteCodec.add(add.address(), RouteCodec.Kind.LOCAL, link));
                case RouteOperation other ->
                        throw new IllegalArgumentException("not in a fill: " + other);
            }
        }
        try (FileChannel out =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            write(out, batch, GENERIC, ipvs, codec::write);
            write(out, batch, ROUTE, routes, Request::write);
        }
    }

    private static int link() throws NetlinkException {
        int[] index = new int[1];
        try (NetlinkSocket socket = NetlinkSocket.route(1 << 16)) {
            socket.get(
                    "cannot look up minuteman",
                    LinkCodec.get("minuteman"),
                    body -> index[0] = LinkCodec.decode(body).index());
        }
        return index[0];
    }

    private static <T> void write(
            FileChannel out,
            int size,
            int protocol,
            List<T> requests,
            NetlinkSocket.Encoder<T> encoder)
            throws IOException {
        int sequence = 1;
        for (int from = 0; from < requests.size(); from += size) {
            List<T> batch = requests.subList(from, Math.min(from + size, requests.size()));
            ByteBuffer bytes = ByteBuffer.allocate(size * NetlinkSocket.MAX_MESSAGE);
            MessageWriter writer = new MessageWriter(bytes);
            for (int i = 0; i < batch.size(); i++) {
                encoder.write(batch.get(i), writer, i == batch.size() - 1 ? ACK : 0, sequence++);
            }
            bytes.flip();
            ByteBuffer head = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
            head.putInt(protocol).putInt(sequence - 1).putInt(bytes.remaining()).flip();
            out.write(head);
            out.write(bytes);
        }
    }
}
