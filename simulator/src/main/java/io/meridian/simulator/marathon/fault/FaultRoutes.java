package io.meridian.simulator.marathon.fault;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.http.WireRequest;
import io.meridian.simulator.http.WireResponse;
import io.meridian.simulator.marathon.Json;

import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * {@code /sim/faults}: GET lists the pending faults, POST adds one, DELETE clears all. A fault is
 * {@code {"fault":"drop-events","times":3,...}}; simulator/README.md lists them.
 */
public final class FaultRoutes {
    private final Faults faults;

    public FaultRoutes(Faults faults) {
        this.faults = faults;
    }

    public WireResponse answer(WireRequest request) {
        if (!request.path().equals("/sim/faults")) {
            return refusal(404, "there is only /sim/faults here: was " + request.path());
        }
        return switch (request.method()) {
            case "GET" -> pending(200);
            case "DELETE" -> {
                faults.clear();
                yield pending(200);
            }
            case "POST" -> add(request);
            default -> refusal(405, "GET, POST or DELETE: was " + request.method());
        };
    }

    private WireResponse add(WireRequest request) {
        try {
            add(Json.read(request.text()));
            return pending(201);
        } catch (JsonProcessingException unreadable) {
            return refusal(400, "not JSON: " + unreadable.getOriginalMessage());
        } catch (IllegalArgumentException wrong) {
            return refusal(422, wrong.getMessage());
        }
    }

    private void add(JsonNode fault) {
        String name = fault.path("fault").asText();
        int times = fault.path("times").isTextual() ? Faults.ALWAYS : fault.path("times").asInt(1);
        String type = fault.path("event_type").asText("");
        Duration by = Duration.ofMillis(fault.path("millis").asLong(1_000));
        double share = fault.path("share").asDouble(0.5);
        switch (name) {
            case "end-streams" -> faults.endStreams(ending(fault));
            case "silence" -> faults.silence(fault.path("on").asBoolean(true));
            case "drop-events" -> faults.onEvents(type, times, new EventEffect.Drop());
            case "delay-events" -> faults.onEvents(type, times, new EventEffect.Delay(by));
            case "duplicate-events" -> faults.onEvents(type, times, new EventEffect.Duplicate());
            case "reorder-events" ->
                    faults.onEvents(
                            type, times, new EventEffect.Reorder(fault.path("group").asInt(2)));
            case "cut-inside-event" ->
                    faults.onEvents(type, times, new EventEffect.CutInside(share, ending(fault)));
            case "delay-answers" -> onAnswers(fault, times, new AnswerEffect.Delay(by));
            case "status" ->
                    onAnswers(
                            fault, times, new AnswerEffect.Status(fault.path("status").asInt(503)));
            case "redirect" ->
                    onAnswers(fault, times, new AnswerEffect.Redirect(fault.path("url").asText()));
            case "hangup" -> onAnswers(fault, times, new AnswerEffect.Hangup(ending(fault)));
            case "empty-listing" ->
                    faults.onAnswers(AnswerTarget.LISTING, times, new AnswerEffect.EmptyListing());
            case "partial-listing" -> partial(fault, times);
            case "truncate" -> onAnswers(fault, times, new AnswerEffect.Truncate(share));
            case "leader-header" ->
                    onAnswers(
                            fault,
                            times,
                            new AnswerEffect.LeaderHeader(fault.path("value").asText()));
            default -> throw new IllegalArgumentException("unknown fault \"" + name + "\"");
        }
    }

    private void partial(JsonNode fault, int times) {
        Set<String> ids = new HashSet<>();
        fault.path("ids").forEach(id -> ids.add(id.asText()));
        double share = fault.path("share").asDouble(ids.isEmpty() ? 0.5 : 0);
        faults.onAnswers(AnswerTarget.LISTING, times, new AnswerEffect.PartialListing(share, ids));
    }

    private void onAnswers(JsonNode fault, int times, AnswerEffect effect) {
        String target = fault.path("target").asText("read").toUpperCase(Locale.ROOT);
        faults.onAnswers(AnswerTarget.valueOf(target), times, effect);
    }

    private static Ending ending(JsonNode fault) {
        return Ending.valueOf(fault.path("ending").asText("close").toUpperCase(Locale.ROOT));
    }

    private WireResponse pending(int status) {
        ObjectNode body = Json.object();
        body.set("pending", Json.strings(faults.pending()));
        return WireResponse.of(status, "application/json", body + "\n");
    }

    private static WireResponse refusal(int status, String message) {
        return WireResponse.of(
                status, "application/json", Json.object().put("message", message) + "\n");
    }
}
