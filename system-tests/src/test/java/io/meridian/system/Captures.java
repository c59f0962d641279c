package io.meridian.system;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.testkit.Fixtures;
import io.meridian.testkit.replay.CaptureReplay;
import io.meridian.testkit.replay.Moment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The recordings by size, and the listings and definitions in them. */
final class Captures {
    static final List<String> LARGE =
            List.of("15-slow-consumer", "15b-stalled-consumer", "16b-overload-duplicate-launches");

    private Captures() {}

    /** Recordings that are small enough for each build. */
    static List<Path> small() {
        return Fixtures.recordings().stream()
                .filter(folder -> !LARGE.contains(folder.getFileName().toString()))
                .toList();
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
