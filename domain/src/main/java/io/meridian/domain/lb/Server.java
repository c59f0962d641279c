package io.meridian.domain.lb;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Set;

/**
 * One server of a backend.
 *
 * @param host name or address of the Mesos agent
 * @param address IP address that HAProxy connects to
 * @param port TCP port, 0 to 65535
 * @param draining true if the server takes no new connections
 * @param taskId the task behind the server
 */
public record Server(String host, String address, int port, boolean draining, String taskId) {
    private static final BigInteger ID_RANGE = BigInteger.valueOf(32767);

    /** Order of servers in a backend: host as text, port; then address and task, for ties. */
    public static final Comparator<Server> ORDER =
            Comparator.comparing(Server::host, Text.BY_CODE_POINT)
                    .thenComparingInt(Server::port)
                    .thenComparing(Server::address, Text.BY_CODE_POINT)
                    .thenComparing(Server::taskId, Text.BY_CODE_POINT);

    /** Name of the server: host, address and port, with other characters as underscores. */
    public String name() {
        String where = host.equals(address) ? address : host + "_" + address;
        return Text.cleaned(where + "_" + port);
    }

    /** Value of the stickiness cookie: the first ten hex digits of the name's SHA-1. */
    public static String cookie(String name) {
        return hex("SHA-1", name).substring(0, 10);
    }

    /**
     * HAProxy's number for the server, 1 to 32766: the name's SHA-256 modulo 32767, hashed again
     * while it is 0 or taken. Stable over reloads, so that HAProxy finds the server's state again.
     *
     * @param taken numbers of the same backend; the returned one is added
     */
    public static int id(String name, Set<Integer> taken) {
        String text = name;
        while (true) {
            String digest = hex("SHA-256", text);
            int id = new BigInteger(digest, 16).mod(ID_RANGE).intValue();
            if (id != 0 && taken.add(id)) {
                return id;
            }
            text = text + " " + digest;
        }
    }

    private static String hex(String algorithm, String text) {
        return HexFormat.of().formatHex(ServicePorts.digest(algorithm, text));
    }
}
