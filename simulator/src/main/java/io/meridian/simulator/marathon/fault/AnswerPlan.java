package io.meridian.simulator.marathon.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.http.WireResponse;
import io.meridian.simulator.marathon.Json;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The combined faults of one answer. */
public final class AnswerPlan {
    private final List<AnswerEffect> effects;
    private final Random random;

    AnswerPlan(List<AnswerEffect> effects, Random random) {
        this.effects = List.copyOf(effects);
        this.random = random;
    }

    /** The delay before the answer. */
    public Duration delay() {
        Duration sum = Duration.ZERO;
        for (AnswerEffect effect : effects) {
            if (effect instanceof AnswerEffect.Delay delay) {
                sum = sum.plus(delay.by());
            }
        }
        return sum;
    }

    public Optional<Ending> hangup() {
        return effects.stream()
                .filter(AnswerEffect.Hangup.class::isInstance)
                .map(effect -> ((AnswerEffect.Hangup) effect).ending())
                .findFirst();
    }

    /** The answer that replaces Marathon's own; empty if there is none. */
    public Optional<WireResponse> instead() {
        for (AnswerEffect effect : effects) {
            if (effect instanceof AnswerEffect.Status status) {
                return Optional.of(refusal(status.code()));
            }
            if (effect instanceof AnswerEffect.Redirect redirect) {
                return Optional.of(WireResponse.empty(302).with("Location", redirect.url()));
            }
        }
        return Optional.empty();
    }

    /** The value that {@code X-Marathon-Leader} takes. */
    public Optional<String> leaderHeader() {
        return effects.stream()
                .filter(AnswerEffect.LeaderHeader.class::isInstance)
                .map(effect -> ((AnswerEffect.LeaderHeader) effect).value())
                .findFirst();
    }

    /** Applies the faults of listings to a body; other bodies are returned unchanged. */
    public byte[] body(byte[] body) {
        byte[] result = body;
        for (AnswerEffect effect : effects) {
            switch (effect) {
                case AnswerEffect.EmptyListing empty -> result = thinned(result, 1.0, List.of());
                case AnswerEffect.PartialListing partial ->
                        result = thinned(result, partial.share(), List.copyOf(partial.ids()));
                case AnswerEffect.Delay other -> {}
                case AnswerEffect.Status other -> {}
                case AnswerEffect.Redirect other -> {}
                case AnswerEffect.Hangup other -> {}
                case AnswerEffect.Truncate other -> {}
                case AnswerEffect.LeaderHeader other -> {}
            }
        }
        return result;
    }

    /**
     * Number of body bytes to send before the connection ends; all of them without a truncation.
     */
    public int bytesSent(int length) {
        for (AnswerEffect effect : effects) {
            if (effect instanceof AnswerEffect.Truncate truncate) {
                return Math.min(length - 1, (int) (length * truncate.share()));
            }
        }
        return length;
    }

    private byte[] thinned(byte[] body, double share, List<String> ids) {
        JsonNode tree = Json.readTrusted(body);
        thin(tree, share, ids);
        return Json.bytes(tree);
    }

    /**
     * Omits entries of the lists of apps, pods and tasks, at every depth: groups hold apps, apps
     * hold tasks.
     */
    private void thin(JsonNode node, double share, List<String> ids) {
        if (node instanceof ArrayNode list) {
            thinList(list, share, ids);
        } else if (node instanceof ObjectNode object) {
            for (String field : List.of("apps", "pods", "tasks", "groups", "instances")) {
                if (object.path(field) instanceof ArrayNode list) {
                    thinList(list, share, ids);
                }
            }
            thin(object.path("app"), 0, ids);
        }
    }

    private void thinList(ArrayNode list, double share, List<String> ids) {
        for (Iterator<JsonNode> entries = list.iterator(); entries.hasNext(); ) {
            JsonNode entry = entries.next();
            boolean chosen = random.nextDouble() < share;
            boolean named =
                    ids.contains(entry.path("id").asText())
                            || ids.contains(entry.path("appId").asText());
            if (chosen || named) {
                entries.remove();
            } else {
                thin(entry, share, ids);
            }
        }
    }

    private static WireResponse refusal(int status) {
        return switch (status) {
            case 401 -> WireResponse.empty(401).with("WWW-Authenticate", "basic realm=\"null\"");
            case 502 ->
                    WireResponse.of(502, "text/plain", "Could not determine the current leader");
            default -> {
                String message =
                        WireResponse.reasonOf(status).isEmpty()
                                ? "fault"
                                : WireResponse.reasonOf(status);
                yield WireResponse.of(
                        status,
                        "application/json",
                        Json.object().put("message", message).toString());
            }
        };
    }
}
