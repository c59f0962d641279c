package io.meridian.testkit.replay;

import com.fasterxml.jackson.databind.JsonNode;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The recorded REST answers of one snapshot.
 *
 * @param label {@code 03-running-2}
 * @param notBefore its first GET was not before this
 * @param at its last GET was not after this
 * @param answers by kind: apps, tasks, pods-status, deployments, info, leader, groups, queue, pods,
 *     ...
 */
public record RecordedSnapshot(
        String label, Instant notBefore, Instant at, Map<String, JsonNode> answers) {
    public RecordedSnapshot {
        answers = Map.copyOf(answers);
    }

    public Optional<JsonNode> answer(String kind) {
        return Optional.ofNullable(answers.get(kind)).map(JsonNode::deepCopy);
    }
}
