package io.meridian.system;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.testkit.replay.CaptureReplay;
import io.meridian.testkit.replay.Moment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The recordings: ours in the test's resources, and the large ones where there are some. */
final class Captures {
    static final List<String> LARGE =
            List.of("15-slow-consumer", "15b-stalled-consumer", "16b-overload-duplicate-launches");

    private Captures() {}

    static List<Path> own() {
        try (Stream<Path> folders = Files.list(resources())) {
            return folders.filter(Files::isDirectory).sorted().toList();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    static Path own(String name) {
        return resources().resolve(name);
    }

    /** Where a large one would be. */
    static Path large(String name) {
        return Path.of(System.getProperty("meridian.fixtures", "../../shared/fixtures"))
                .resolve("marathon-captures")
                .resolve(name)
                .toAbsolutePath()
                .normalize();
    }

    private static Path resources() {
        try {
            return Path.of(Captures.class.getResource("/captures").toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Every version of an app that listings and events of a recording show. */
    static Map<String, JsonNode> definitions(CaptureReplay replay) {
        Map<String, JsonNode> all = new HashMap<>();
        for (Moment moment : replay.timeline()) {
            List<JsonNode> found = new ArrayList<>();
            if (moment instanceof Moment.SnapshotTaken taken) {
                taken.snapshot()
                        .answer("apps")
                        .ifPresent(answer -> answer.path("apps").forEach(found::add));
            } else if (moment instanceof Moment.Sent sent
                    && sent.piece().type().equals("api_post_event")) {
                found.add(sent.piece().event().path("appDefinition"));
            }
            for (JsonNode app : found) {
                all.putIfAbsent(key(app.path("id").asText(), app.path("version").asText()), app);
            }
        }
        return all;
    }

    /** Reads listings of this recording. */
    static MarathonOracle oracle(CaptureReplay replay) {
        Map<String, JsonNode> known = definitions(replay);
        return new MarathonOracle(
                (id, version) -> Optional.ofNullable(known.get(key(id, version))));
    }

    private static String key(String id, String version) {
        return id + " " + version;
    }
}
