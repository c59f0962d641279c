package io.meridian.netlink;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The response to one request as far as it is received: any number of objects, then NLMSG_DONE or
 * NLMSG_ERROR. One thread uses it.
 */
final class PendingResponse implements MessageReader.OnMessage {
    private final int mine;
    private final Consumer<ByteBuffer> onObject;
    private boolean over;
    private boolean interrupted;
    private @Nullable Refusal refusal;
    private @Nullable RuntimeException failure;

    /**
     * @param mine sequence number of the request
     * @param onObject gets the payload of each object, valid during the call only
     */
    PendingResponse(int mine, Consumer<ByteBuffer> onObject) {
        this.mine = mine;
        this.onObject = onObject;
    }

    @Override
    public void accept(int type, int flags, int number, ByteBuffer body) {
        if (number != mine || over) {
            return; // of an earlier request whose response was not read to its end
        }
        interrupted |= (flags & Netlink.DUMP_INTR) != 0 && type != Netlink.ERROR;
        if (type == Netlink.DONE) {
            over = true;
            int error = body.remaining() >= 4 ? -body.getInt(body.position()) : 0;
            refusal = error > 0 ? Refusal.of(error, "") : null;
        } else if (type == Netlink.ERROR) {
            over = true;
            if (MessageReader.reply(flags, body) instanceof Reply.Refused refused) {
                refusal = refused.refusal();
            }
        } else if (failure == null) {
            read(body);
        }
    }

    /**
     * After a failure the dump is still read to its end: a dump in progress makes the next fail.
     */
    private void read(ByteBuffer body) {
        try {
            onObject.accept(body);
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    boolean isOver() {
        return over;
    }

    /**
     * Whether all objects are of one moment; if not, the caller repeats the dump.
     *
     * @param what the attempt for the exception's message, such as {@code cannot dump routes}
     * @throws NetlinkException if the kernel refused
     * @throws RuntimeException the exception of the consumer of the objects
     */
    boolean isConsistent(String what) throws NetlinkException {
        if (failure != null) {
            throw failure;
        }
        if (refusal != null) {
            throw new NetlinkException(what, refusal);
        }
        return !interrupted;
    }
}
