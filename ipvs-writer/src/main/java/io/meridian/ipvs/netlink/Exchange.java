package io.meridian.ipvs.netlink;

import io.meridian.ipvs.Refusal;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One question to the kernel and what has come of its answer: any number of objects, then the end.
 */
final class Exchange implements MessageReader.OnMessage {
    private final int mine;
    private final Consumer<ByteBuffer> onObject;
    private boolean over;
    private boolean interrupted;
    private Optional<Refusal> refusal = Optional.empty();
    private Optional<RuntimeException> broken = Optional.empty();

    /**
     * @param mine sequence number of the question
     */
    Exchange(int mine, Consumer<ByteBuffer> onObject) {
        this.mine = mine;
        this.onObject = onObject;
    }

    @Override
    public void accept(int type, int flags, int number, ByteBuffer body) {
        if (number != mine || over) {
            return; // left over from an exchange that ended early
        }
        interrupted |= (flags & Nl.DUMP_INTR) != 0 && type != Nl.ERROR;
        if (type == Nl.DONE) {
            over = true;
            int error = body.remaining() >= 4 ? -body.getInt(body.position()) : 0;
            refusal = error > 0 ? Optional.of(Refusal.of(error, "")) : Optional.empty();
        } else if (type == Nl.ERROR) {
            over = true;
            if (MessageReader.answer(flags, body) instanceof Answer.Refused refused) {
                refusal = Optional.of(refused.refusal());
            }
        } else if (broken.isEmpty()) {
            read(body);
        }
    }

    /** A dump must be read to its end, or the next one finds the socket busy with it. */
    private void read(ByteBuffer body) {
        try {
            onObject.accept(body);
        } catch (RuntimeException e) {
            broken = Optional.of(e);
        }
    }

    boolean isOver() {
        return over;
    }

    /**
     * Whether all objects were of one moment; false asks for another attempt.
     *
     * @param what for the message, such as {@code cannot dump virtual servers}
     * @throws NetlinkException if the kernel refused
     * @throws RuntimeException whatever the reader of the objects threw
     */
    boolean isConsistent(String what) throws NetlinkException {
        if (broken.isPresent()) {
            throw broken.get();
        }
        if (refusal.isPresent()) {
            throw new NetlinkException(what, refusal.get());
        }
        return !interrupted;
    }
}
