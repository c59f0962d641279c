package io.meridian.ipvs.reconcile;

import io.meridian.netlink.NetworkNamespace;
import io.meridian.netlink.NetworkNamespace.Identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Lists the containers that get VIPs in their own network namespace. A CNI plugin writes a file for
 * each, named by the container's id, with the path of its namespace (dcos-net 2.5).
 */
final class ContainerNamespaces {
    private static final int MAX_PATH = 4096; // PATH_MAX, linux/limits.h

    private ContainerNamespaces() {}

    /** Meaning of one file. */
    sealed interface Entry {
        /**
         * A namespace to program.
         *
         * @param path refers to the namespace
         */
        record Found(Path path, Identity identity) implements Entry {}

        /**
         * A container without a namespace of its own.
         *
         * @param container that has the same namespace, or the host
         */
        record Shared(String container) implements Entry {}

        /**
         * A file without a usable namespace.
         *
         * @param reason for the operator
         */
        record Unusable(String reason) implements Entry {}
    }

    /** The entries by container id; empty while the directory does not exist. */
    static SortedMap<String, Entry> list(Path directory) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        try (DirectoryStream<Path> stream =
                // A file being written may have a name that begins with a dot.
                Files.newDirectoryStream(
                        directory, file -> !file.getFileName().toString().startsWith("."))) {
            stream.forEach(file -> files.put(file.getFileName().toString(), file));
        } catch (NoSuchFileException e) {
            return new TreeMap<>();
        }
        Map<Identity, String> owners = new HashMap<>();
        owners.put(NetworkNamespace.own(), "this host");
        SortedMap<String, Entry> entries = new TreeMap<>();
        files.forEach((container, file) -> entries.put(container, entry(container, file, owners)));
        return entries;
    }

    private static Entry entry(String container, Path file, Map<Identity, String> owners) {
        try {
            if (Files.size(file) > MAX_PATH) {
                return new Entry.Unusable(file + " is too long to hold a path");
            }
            String text = Files.readString(file, StandardCharsets.UTF_8).strip();
            if (!text.startsWith("/")) {
                return new Entry.Unusable(
                        file + " holds no absolute path of a network namespace: \"" + text + "\"");
            }
            Path path = Path.of(text);
            Identity identity = NetworkNamespace.identity(path);
            String owner = owners.putIfAbsent(identity, container);
            return owner == null ? new Entry.Found(path, identity) : new Entry.Shared(owner);
        } catch (NoSuchFileException e) {
            return new Entry.Unusable("network namespace " + e.getFile() + " does not exist");
        } catch (IOException | IllegalArgumentException e) {
            return new Entry.Unusable("cannot read " + file + ": " + e);
        }
    }
}
