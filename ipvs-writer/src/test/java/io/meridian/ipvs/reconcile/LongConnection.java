package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.uml.NetNamespace;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One connection from namespace {@code client} that stays open. */
final class LongConnection implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final BufferedReader answers;
    private int asked;

    private LongConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.answers =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    static LongConnection to(String address, int port) throws Exception {
        return new LongConnection(
                NetNamespace.in(
                        "client",
                        () -> {
                            Socket socket = new Socket();
                            socket.setSoTimeout(PATIENCE_MILLIS);
                            socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
                            return socket;
                        }));
    }

    /**
     * Name of the backend that answers on the connection.
     *
     * @throws IOException if no backend answers any more
     */
    String ask() throws IOException {
        String question = "q" + ++asked;
        socket.getOutputStream().write((question + "\n").getBytes(StandardCharsets.UTF_8));
        String answer = String.valueOf(answers.readLine());
        if (!answer.endsWith(" " + question)) {
            throw new IOException("asked " + question + ", was told " + answer);
        }
        return answer.substring(0, answer.indexOf(' '));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
