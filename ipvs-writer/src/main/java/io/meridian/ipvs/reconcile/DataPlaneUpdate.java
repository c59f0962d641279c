package io.meridian.ipvs.reconcile;

import akka.actor.typed.ActorRef;

import io.meridian.domain.table.Change;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.node.Publisher;

import java.util.List;

/** Input of a node's data plane: the host's writer and the containers' writers take the same. */
public sealed interface DataPlaneUpdate extends IpvsWriter.Command, NamespaceWriters.Command {
    /**
     * Replaces the VIP image.
     *
     * @param revision of the VIP table
     * @param tentative the image is from disk, and no master has confirmed it since this node's
     *     restart; see {@link io.meridian.ipvs.Target}
     */
    record ApplyImage(VipImage image, long revision, boolean tentative) implements DataPlaneUpdate {
        /** An image that a master has confirmed. */
        public ApplyImage(VipImage image, long revision) {
            this(image, revision, false);
        }
    }

    /** Replaces the set of lost agents; their backends leave or return at once. */
    record UpdateReachability(Reachability reachability) implements DataPlaneUpdate {}

    /**
     * Sends every image of a feed to an actor.
     *
     * @param name of the publisher in log lines
     */
    static Publisher<VipRow, VipImage> publisher(String name, ActorRef<? super ApplyImage> to) {
        return new Publisher<>() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void onUpdate(
                    List<Change<VipRow>> changes, VipImage image, Provenance provenance) {
                boolean tentative = provenance.origin() == Provenance.Origin.DISK;
                to.tell(new ApplyImage(image, provenance.revision(), tentative));
            }
        };
    }
}
