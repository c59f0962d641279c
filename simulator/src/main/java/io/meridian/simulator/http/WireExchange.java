package io.meridian.simulator.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * The answering side of one request; used by the thread that handles it, except {@link #cut} and
 * {@link #reset}.
 */
public final class WireExchange {
    private final Socket socket;
    private final OutputStream out;
    private final boolean headOnly;
    private boolean answered;
    private boolean closing;

    WireExchange(Socket socket, OutputStream out, boolean headOnly) {
        this.socket = socket;
        this.out = out;
        this.headOnly = headOnly;
    }

    /**
     * Writes a whole answer with its Content-Length; the connection stays open for the next
     * request.
     */
    public void respond(WireResponse response) throws IOException {
        respondPartly(response, response.body().length);
    }

    /**
     * Announces the whole body but sends only its first bytes, then closes: a truncated answer.
     *
     * @param bytes number of body bytes to send; the whole length is an ordinary answer
     */
    public void respondPartly(WireResponse response, int bytes) throws IOException {
        answered = true;
        List<WireResponse.Header> headers = new ArrayList<>(response.headers());
        headers.add(
                new WireResponse.Header(
                        "Content-Length", Integer.toString(response.body().length)));
        out.write(WireResponse.head(response.status(), response.reason(), headers));
        if (!headOnly) {
            out.write(response.body(), 0, Math.min(bytes, response.body().length));
        }
        out.flush();
        if (bytes < response.body().length) {
            closing = true;
        }
    }

    /**
     * Writes status line and headers as given and hands over the raw stream; the connection ends
     * with the handler.
     */
    public OutputStream stream(int status, String reason, List<WireResponse.Header> headers)
            throws IOException {
        answered = true;
        closing = true;
        out.write(WireResponse.head(status, reason, headers));
        out.flush();
        return out;
    }

    /**
     * Sets SO_SNDBUF to limit the unread bytes that the kernel buffers for the peer; 0 = the
     * system's default.
     */
    public void limitSendBuffer(int bytes) throws IOException {
        if (bytes > 0) {
            socket.setSendBufferSize(bytes);
        }
    }

    /**
     * Ends the connection with FIN; any thread. A handler that is writing gets an {@link
     * IOException}.
     */
    public void cut() {
        closing = true;
        close();
    }

    /** Ends the connection with RST: what a killed process or a firewall does; any thread. */
    public void reset() {
        closing = true;
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException alreadyClosed) {
            return;
        }
        close();
    }

    /** True until the peer or this side has closed; only a write notices a vanished peer. */
    public boolean isOpen() {
        return !socket.isClosed();
    }

    boolean isAnswered() {
        return answered;
    }

    boolean isClosing() {
        return closing || socket.isClosed();
    }

    private void close() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // a socket that cannot be closed is closed already: nothing is left to release
            closing = true;
        }
    }
}
