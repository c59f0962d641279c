package io.meridian.controlplane.http;

import akka.stream.Attributes;
import akka.stream.BidiShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;

import java.util.concurrent.TimeoutException;

/**
 * Stands between TCP and HTTP of one connection: tells the {@link HttpConnection} which bytes pass,
 * and resets the connection when that is told to close. Sends an answer in parts, so that a client
 * that takes one part in time is not slow.
 */
final class ConnectionGuard
        extends GraphStage<BidiShape<ByteString, ByteString, ByteString, ByteString>> {
    private static final int PART = 64 << 10;

    private final Inlet<ByteString> fromHttp = Inlet.create("ConnectionGuard.fromHttp");
    private final Outlet<ByteString> toClient = Outlet.create("ConnectionGuard.toClient");
    private final Inlet<ByteString> fromClient = Inlet.create("ConnectionGuard.fromClient");
    private final Outlet<ByteString> toHttp = Outlet.create("ConnectionGuard.toHttp");
    private final BidiShape<ByteString, ByteString, ByteString, ByteString> shape =
            BidiShape.of(fromHttp, toClient, fromClient, toHttp);
    private final HttpConnection connection;

    ConnectionGuard(HttpConnection connection) {
        this.connection = connection;
    }

    @Override
    public BidiShape<ByteString, ByteString, ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private ByteString unsent = ByteString.emptyByteString();

        Logic() {
            super(shape);
            setHandler(fromClient, new Requests());
            setHandler(toHttp, new RequestDemand());
            setHandler(fromHttp, new Answers());
            setHandler(toClient, new AnswerDemand());
        }

        @Override
        public void preStart() {
            AsyncCallback<String> cut =
                    createAsyncCallback(why -> failStage(new TimeoutException(why)));
            connection.opened(() -> cut.invoke("closed by the limits of meridian.http"));
        }

        private final class Requests extends AbstractInHandler {
            @Override
            public void onPush() {
                connection.received();
                push(toHttp, grab(fromClient));
            }

            @Override
            public void onUpstreamFinish() {
                complete(toHttp);
            }
        }

        private final class RequestDemand extends AbstractOutHandler {
            @Override
            public void onPull() {
                pull(fromClient);
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                cancel(fromClient, cause);
            }
        }

        private final class Answers extends AbstractInHandler {
            @Override
            public void onPush() {
                unsent = grab(fromHttp);
                sendPart();
            }

            @Override
            public void onUpstreamFinish() {
                if (unsent.isEmpty()) {
                    complete(toClient);
                }
            }
        }

        private final class AnswerDemand extends AbstractOutHandler {
            @Override
            public void onPull() {
                if (unsent.nonEmpty()) {
                    sendPart();
                } else if (isClosed(fromHttp)) {
                    complete(toClient);
                } else {
                    connection.sent();
                    pull(fromHttp);
                }
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                cancel(fromHttp, cause);
            }
        }

        private void sendPart() {
            connection.sends();
            ByteString part = unsent.take(PART);
            unsent = unsent.drop(PART);
            push(toClient, part);
        }
    }
}
