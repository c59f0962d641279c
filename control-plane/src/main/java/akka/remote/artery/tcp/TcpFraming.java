package akka.remote.artery.tcp;

import akka.remote.artery.EnvelopeBuffer;
import akka.remote.artery.RemotingFlightRecorder;
import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.impl.io.TcpConnectionStage;
import akka.stream.stage.AbstractInOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;

import com.typesafe.config.Config;

import io.meridian.controlplane.artery.FrameDecoder;
import io.meridian.controlplane.artery.FrameGuard;
import io.meridian.controlplane.artery.PeerFilter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Replaces akka-remote's class of this name: Artery's inbound TCP connections pass through this
 * stage first, after TLS if that is on. It closes a connection whose bytes are not Artery frames.
 *
 * <p>akka-remote 2.8.5's own class accepts negative frame lengths, reads the same bytes for ever
 * and fills log and heap; it also buffers frames of up to 2 GiB. Artery has no setting or extension
 * point here, so this class must come first on the class path; {@link FrameGuard#requireInstalled}
 * checks that it does. Name, package and constructor are what Artery calls.
 */
public final class TcpFraming extends GraphStage<FlowShape<ByteString, EnvelopeBuffer>>
        implements FrameGuard {
    private static final Logger LOG = LoggerFactory.getLogger(TcpFraming.class);

    private final Inlet<ByteString> in = Inlet.create("TcpFraming.in");
    private final Outlet<EnvelopeBuffer> out = Outlet.create("TcpFraming.out");
    private final FlowShape<ByteString, EnvelopeBuffer> shape = FlowShape.of(in, out);
    private final RemotingFlightRecorder flightRecorder;

    public TcpFraming(RemotingFlightRecorder flightRecorder) {
        this.flightRecorder = flightRecorder;
    }

    @Override
    public FlowShape<ByteString, EnvelopeBuffer> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private FrameDecoder decoder = new FrameDecoder(0, 0);

        Logic() {
            super(shape);
            setHandlers(in, out, new Handler());
        }

        @Override
        public void preStart() {
            Config config = materializer().system().settings().config();
            Config limits = config.getConfig("akka.remote.artery.advanced");
            Optional<InetSocketAddress> peer = peer();
            if (peer.isPresent() && !PeerFilter.of(config).allows(peer.get().getAddress())) {
                Fault.HOST.log(
                        peer.get().getAddress().getHostAddress()
                                + " is in no network of meridian.cluster.allow");
                completeStage();
            }
            decoder =
                    new FrameDecoder(
                            Math.toIntExact(limits.getBytes("maximum-frame-size")),
                            Math.toIntExact(limits.getBytes("maximum-large-frame-size")));
        }

        private final class Handler extends AbstractInOutHandler {
            @Override
            public void onPush() {
                List<byte[]> frames = decoder.decode(grab(in).asByteBuffer());
                List<EnvelopeBuffer> envelopes = frames.stream().map(Logic.this::envelope).toList();
                if (decoder.refusal().isPresent()) {
                    Fault.FRAME.log(decoder.refusal().get());
                    emitMultiple(out, envelopes.iterator(), Logic.this::completeStage);
                } else if (envelopes.isEmpty()) {
                    pull(in);
                } else {
                    emitMultiple(out, envelopes.iterator());
                }
            }

            @Override
            public void onPull() {
                pull(in);
            }

            /** Frames that are complete but not yet taken go out first. */
            @Override
            public void onUpstreamFinish() {
                complete(out);
            }
        }

        /**
         * The peer of this connection; empty under TLS, where the connection belongs to another
         * part of the stream. Akka names the peer to no stage, so the stage of the connection
         * itself is looked up among those that run with this one.
         */
        private Optional<InetSocketAddress> peer() {
            for (GraphStageLogic logic : interpreter().logics()) {
                if (logic instanceof TcpConnectionStage.TcpStreamLogic connection) {
                    return Optional.of(
                            connection
                                    .akka$stream$impl$io$TcpConnectionStage$TcpStreamLogic$$remoteAddress);
                }
            }
            return Optional.empty();
        }

        private EnvelopeBuffer envelope(byte[] frame) {
            flightRecorder.tcpInboundReceived(frame.length);
            EnvelopeBuffer envelope =
                    new EnvelopeBuffer(ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN));
            envelope.setStreamId(decoder.streamId());
            return envelope;
        }
    }

    /** What a peer did wrong; each kind is counted apart, so that none hides another's first. */
    private enum Fault {
        HOST("add its network to cluster.allow if it is a node"),
        FRAME("find the program that connects to the cluster port and is no Meridian node");

        private final String action;
        private final AtomicLong times = new AtomicLong();

        Fault(String action) {
            this.action = action;
        }

        /** Logs the 1st, 2nd, 4th, 8th... refusal, so that a stranger cannot fill the log. */
        void log(String why) {
            long count = times.incrementAndGet();
            if (Long.bitCount(count) == 1) {
                LOG.warn("closed a cluster connection: refused={}: {}; {}", count, why, action);
            }
        }
    }
}
