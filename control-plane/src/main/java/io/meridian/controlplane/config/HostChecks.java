package io.meridian.controlplane.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Checks what settings need from this host: directories that can be written, addresses of its own.
 * Each check leaves nothing behind and throws {@link IllegalArgumentException} with key, value and
 * cause.
 */
public final class HostChecks {
    private static final String USER = System.getProperty("user.name", "");

    private HostChecks() {}

    /**
     * Requires a directory that exists and can be written, or that can be created.
     *
     * @param key key of the setting, without "meridian."
     */
    public static void requireWritable(String key, Path directory) {
        Path existing = directory;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing)) {
            throw NodeSettings.wrong(
                    key, "a directory", directory + ": " + existing + " is not a directory");
        }
        try {
            Files.delete(Files.createTempFile(existing, ".meridian-", ".check"));
        } catch (AccessDeniedException denied) {
            throw NodeSettings.wrong(
                    key,
                    "a directory that user " + USER + " may write",
                    directory + ": no permission to write " + existing);
        } catch (IOException refused) {
            throw NodeSettings.wrong(
                    key,
                    "a directory that can be written",
                    directory + ": cannot write " + existing + ": " + refused.getMessage());
        }
    }

    /**
     * Requires addresses that a socket of this host can be bound to, on any port.
     *
     * @param key key of the setting, without "meridian."
     */
    public static void requireOwn(String key, List<InetSocketAddress> listen) {
        for (InetSocketAddress one : listen) {
            InetAddress address = one.getAddress();
            try (ServerSocket probe = new ServerSocket(0, 1, address)) {
                probe.setReuseAddress(true);
            } catch (IOException refused) {
                throw NodeSettings.wrong(
                        key,
                        "an address of this host",
                        address.getHostAddress() + ": no interface of this host has it");
            }
        }
    }

    /** The name of the user that this process runs as, for messages. */
    static String user() {
        return USER;
    }
}
