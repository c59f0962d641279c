package io.meridian.dns.server;

import io.meridian.dns.kernel.BatchSocket;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A UDP loop that receives a batch of datagrams in one system call, answers them, and sends the
 * replies in another. Batches grow with the load, which lowers the cost of a call per datagram.
 */
final class BatchUdpLoop implements UdpLoop {
    private static final Logger LOG = LoggerFactory.getLogger(BatchUdpLoop.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final BatchSocket socket;
    private final UdpResponder responder;
    private volatile boolean stopped;
    private long failures;

    BatchUdpLoop(BatchSocket socket, UdpResponder responder) {
        this.socket = socket;
        this.responder = responder;
    }

    @Override
    public void run() {
        byte[] packet = new byte[BatchSocket.MAX_DATAGRAM];
        Client client = new Client();
        while (!stopped) {
            serve(packet, client);
        }
    }

    private void serve(byte[] packet, Client client) {
        try {
            int count = socket.receive();
            for (int i = 0; i < count && !stopped; i++) {
                client.index = i;
                int length = responder.respond(packet, socket.take(i, packet), client);
                if (length > 0) {
                    socket.reply(i, responder.reply(), length);
                }
            }
            int lost = socket.flush(count);
            if (lost > 0) {
                responder.lost(lost);
            }
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** Logs the 1st, 2nd, 4th, 8th... failure, and pauses. */
    private void failed(Exception e) {
        failures++;
        if (!stopped && Long.bitCount(failures) == 1) {
            LOG.warn(
                    "cannot receive DNS queries: {}; trying again; failures={}",
                    e.toString(),
                    failures);
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    /** The sender of the datagram at {@code index}. */
    private final class Client implements UdpResponder.Client {
        private int index;

        @Override
        public InetSocketAddress address() {
            return socket.client(index);
        }

        @Override
        public long addressHigh() {
            return socket.clientHigh(index);
        }

        @Override
        public long addressLow() {
            return socket.clientLow(index);
        }

        @Override
        public void send(byte[] reply, InetSocketAddress to) throws IOException {
            socket.send(reply, to);
        }
    }

    @Override
    public void stop() {
        stopped = true;
        socket.wake();
    }

    @Override
    public void release() {
        socket.close();
        responder.close();
    }
}
