package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.reconcile.ContainerNamespaces.Entry;
import io.meridian.netlink.NetworkNamespace.Identity;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Lists the containers of a CNI plugin's directory and opens the kernel of each namespace that no
 * writer has yet. Calls block; one thread at a time.
 */
final class NamespaceScan {
    private final Path directory;
    private final Opener opener;

    /** Opens the kernel of a network namespace. */
    interface Opener {
        /**
         * @param namespace file that refers to the namespace
         * @throws IOException if the namespace cannot be programmed yet; the caller tries again
         */
        Kernel open(Path namespace) throws IOException;
    }

    /**
     * Result of a scan; all maps are by container id.
     *
     * @param found namespaces to program
     * @param opened kernels of those that no writer had
     * @param waiting why the others cannot be programmed yet
     */
    record Result(
            Map<String, Entry.Found> found,
            Map<String, Kernel> opened,
            SortedMap<String, String> waiting) {
        boolean has(String container, Identity identity) {
            Entry.Found now = found.get(container);
            return now != null && now.identity().equals(identity);
        }
    }

    /**
     * @param directory of the CNI plugin; need not exist yet
     */
    NamespaceScan(Path directory, Opener opener) {
        this.directory = directory;
        this.opener = opener;
    }

    /**
     * @param written namespaces that have a writer, by container id
     * @throws IOException if the directory cannot be listed
     */
    Result run(Map<String, Identity> written) throws IOException {
        Map<String, Entry.Found> found = new HashMap<>();
        Map<String, Kernel> opened = new HashMap<>();
        SortedMap<String, String> waiting = new TreeMap<>();
        ContainerNamespaces.list(directory)
                .forEach(
                        (container, entry) -> {
                            switch (entry) {
                                case Entry.Found here -> found.put(container, here);
                                case Entry.Unusable not -> waiting.put(container, not.reason());
                                case Entry.Shared _ -> {}
                            }
                        });
        found.forEach(
                (container, here) -> {
                    if (!here.identity().equals(written.get(container))) {
                        try {
                            opened.put(container, opener.open(here.path()));
                        } catch (IOException e) {
                            waiting.put(container, e.getMessage());
                        }
                    }
                });
        return new Result(found, opened, waiting);
    }
}
