package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.address;
import static io.meridian.ipvs.Samples.backend;
import static io.meridian.ipvs.Samples.image;
import static io.meridian.ipvs.Samples.ip;

import akka.actor.typed.ActorSystem;

import io.meridian.domain.vip.VipRow;
import io.meridian.ipvs.NodeView;

import java.util.Arrays;

/** A writer in a separate process, which tests kill. */
final class ChildWriter {
    private ChildWriter() {}

    /**
     * @param arguments a VIP's address, then its backends as {@code address:port}; it listens on
     *     port 80
     */
    public static void main(String[] arguments) {
        ActorSystem<IpvsWriter.Command> writer =
                ActorSystem.create(
                        IpvsWriter.create(Guest.SETTINGS, NodeView.at(ip("10.0.1.1"))), "child");
        writer.tell(new DataPlaneUpdate.ApplyImage(image(rows(arguments)), 1));
    }

    /** Rows of the image from the arguments of {@link #main}. */
    static VipRow[] rows(String... arguments) {
        VipRow[] rows = new VipRow[arguments.length];
        rows[0] = address("kill.marathon", arguments[0]);
        Arrays.setAll(
                rows,
                i -> i == 0 ? rows[0] : backend("kill.marathon", 80, arguments[i], arguments[i]));
        return rows;
    }
}
