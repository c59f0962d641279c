package io.meridian.system;

import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.node.RunningNode;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts nodes for scenarios: free ports of 127.0.0.1, no kernel table. */
final class Nodes {
    private Nodes() {}

    /** Starts one node with all roles in this JVM. */
    static RunningNode start(Path state, List<URI> marathon, Map<String, String> more) {
        return RunningNode.start(
                Configuration.load(Optional.empty(), settings(state, marathon, more)));
    }

    static Map<String, String> settings(Path state, List<URI> marathon, Map<String, String> more) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("meridian.node.id", "one");
        settings.put("meridian.node.address", "127.0.0.1");
        settings.put("meridian.cluster.port", "0");
        settings.put("meridian.dns.listen", "127.0.0.1:0");
        settings.put("meridian.http.listen", "127.0.0.1:0");
        settings.put("meridian.state.directory", state.toString());
        settings.put(
                "meridian.sources.marathon.urls",
                String.join(",", marathon.stream().map(URI::toString).toList()));
        settings.put("meridian.sources.marathon.backoff.min", "100ms");
        settings.put("meridian.sources.marathon.backoff.max", "1s");
        settings.put("akka.coordinated-shutdown.exit-jvm", "off");
        settings.putAll(more);
        return settings;
    }
}
