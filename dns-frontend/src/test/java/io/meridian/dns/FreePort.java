package io.meridian.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port of the loopback address that nobody has, for TCP and UDP. Not one that the system gives to
 * clients: between this look and the use of it a client could get it.
 */
public final class FreePort {
    private FreePort() {}

    public static int find() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            try (ServerSocket tcp = new ServerSocket(port, 1, loopback);
                    DatagramSocket udp = new DatagramSocket(port, loopback)) {
                if (tcp.isBound() && udp.isBound()) {
                    return port;
                }
            } catch (BindException _) {
                // somebody has it: another
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
