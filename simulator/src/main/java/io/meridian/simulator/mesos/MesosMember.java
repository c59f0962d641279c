package io.meridian.simulator.mesos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.http.WireExchange;
import io.meridian.simulator.http.WireRequest;
import io.meridian.simulator.http.WireResponse;
import io.meridian.simulator.http.WireResponse.Header;
import io.meridian.simulator.http.WireServer;
import io.meridian.simulator.marathon.Json;
import io.meridian.simulator.mesos.SimulatedMesosSettings.Api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/**
 * HTTP interface of one master (specs: marathon-mesos-api 5.1, 5.7). The checks of a call run in
 * Mesos's order: leadership, recovery, method, content type, body, Accept header.
 */
final class MesosMember implements AutoCloseable {
    private static final String JSON = "application/json";
    private static final String PROTOBUF = "application/x-protobuf";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int GZIP_FROM = 1024;
    private static final Set<String> STATES = Set.of("/master/state", "/state");

    private final SimulatedMesosSettings settings;
    private final Election election;
    private final MasterBook book;
    private final Audience audience;
    private final WireServer server;

    MesosMember(
            SimulatedMesosSettings settings,
            InetAddress address,
            Election election,
            MasterBook book,
            Audience audience) {
        this.settings = settings;
        this.election = election;
        this.book = book;
        this.audience = audience;
        this.server = WireServer.start(address, settings.port(), this::handle);
    }

    String hostPort() {
        String host = server.address().getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port();
    }

    @Override
    public void close() {
        server.close();
    }

    /** 307 as Mesos sends it: without a scheme. */
    static WireResponse redirect(String hostPort, String path) {
        return WireResponse.empty(307).with("Location", "//" + hostPort + path);
    }

    private void handle(WireRequest request, WireExchange exchange) throws IOException {
        if (!settings.authorization().isEmpty()
                && request.header("authorization").stream()
                        .noneMatch(settings.authorization()::contains)) {
            exchange.respond(
                    text(401, "")
                            .with("WWW-Authenticate", "Basic realm=\"mesos-master-readonly\""));
            return;
        }
        MesosFaults.Plan plan = audience.faults().plan();
        pause(plan);
        Optional<WireResponse> refusal =
                plan.instead().isPresent() ? plan.instead() : away(request);
        if (refusal.isPresent()) {
            exchange.respond(refusal.get());
        } else if (request.path().equals("/api/v1") || request.path().equals("/master/api/v1")) {
            call(request, exchange, plan);
        } else if (STATES.contains(request.path())) {
            respond(request, exchange, legacy(plan));
        } else if (request.path().equals("/master/state-summary")) {
            respond(request, exchange, summary(plan));
        } else if (isRedirect(request)) {
            exchange.respond(redirect(hostPort(), ""));
        } else if (request.path().matches("(/master)?/health")) {
            exchange.respond(WireResponse.empty(200));
        } else {
            exchange.respond(text(404, ""));
        }
    }

    private static boolean isRedirect(WireRequest request) {
        return request.path().matches("(/master)?/redirect");
    }

    /** The answer of a master that does not lead, or that is still recovering. */
    private Optional<WireResponse> away(WireRequest request) {
        Optional<String> leader = election.leader();
        if (leader.isEmpty()) {
            return Optional.of(text(503, "No leader elected"));
        }
        if (!leader.get().equals(hostPort())) {
            return Optional.of(redirect(leader.get(), isRedirect(request) ? "" : request.target()));
        }
        return election.isRecovering()
                ? Optional.of(text(503, "Master has not finished recovery"))
                : Optional.empty();
    }

    private WireResponse legacy(MesosFaults.Plan plan) {
        Optional<JsonNode> state =
                plan.empty()
                        ? Optional.of(
                                LegacyState.of(
                                        ClusterState.emptyState(),
                                        java.util.Map.of(),
                                        hostPort(),
                                        hostPort(),
                                        "empty"))
                        : book.legacyState(hostPort(), hostPort());
        return state.map(MesosMember::json).orElseGet(() -> text(404, ""));
    }

    /** Answers {@code /master/state-summary}, which needs no tasks. */
    private WireResponse summary(MesosFaults.Plan plan) {
        Optional<JsonNode> state =
                plan.empty() ? Optional.empty() : book.withoutTasks(hostPort(), hostPort());
        return state.map(all -> json(LegacyState.summary(all))).orElseGet(() -> text(404, ""));
    }

    private void call(WireRequest request, WireExchange exchange, MesosFaults.Plan plan)
            throws IOException {
        Optional<WireResponse> refusal = refusal(request);
        if (refusal.isPresent()) {
            exchange.respond(refusal.get());
            return;
        }
        String type = type(request);
        if (type.equals("SUBSCRIBE") && settings.api() == Api.STREAM) {
            stream(exchange, plan);
        } else {
            respond(request, exchange, answer(type, plan));
        }
    }

    /** Checks a call; empty if it is valid. */
    private Optional<WireResponse> refusal(WireRequest request) {
        if (settings.api() == Api.STATE_ONLY) {
            return Optional.of(text(404, ""));
        }
        if (!request.method().equals("POST")) {
            return Optional.of(
                    text(
                                    405,
                                    "Expecting one of { 'POST' }, but received '"
                                            + request.method()
                                            + "'")
                            .with("Allow", "POST"));
        }
        Optional<String> content = request.firstHeader("content-type");
        if (content.isEmpty()) {
            return Optional.of(text(400, "Expecting 'Content-Type' to be present"));
        }
        if (!content.get().equals(JSON) && !content.get().equals(PROTOBUF)) {
            return Optional.of(
                    text(415, "Expecting 'Content-Type' of " + JSON + " or " + PROTOBUF));
        }
        if (content.get().equals(PROTOBUF)) {
            return Optional.of(text(501, "this simulation reads JSON only"));
        }
        if (type(request).isEmpty()) {
            return Optional.of(text(400, "Failed to parse body into JSON with a type"));
        }
        return accepts(request)
                ? Optional.empty()
                : Optional.of(text(406, "Expecting 'Accept' to allow " + JSON + " or " + PROTOBUF));
    }

    private static boolean accepts(WireRequest request) {
        List<String> accept = request.header("accept");
        return accept.isEmpty()
                || accept.stream()
                        .flatMap(value -> java.util.Arrays.stream(value.split(",")))
                        .map(value -> value.split(";")[0].strip())
                        .anyMatch(Set.of(JSON, "application/*", "*/*")::contains);
    }

    private static String type(WireRequest request) {
        try {
            return Json.read(request.text()).path("type").asText("");
        } catch (JsonProcessingException unreadable) {
            return "";
        }
    }

    private WireResponse answer(String type, MesosFaults.Plan plan) {
        return switch (type) {
            case "GET_HEALTH" -> message(type, Json.object().put("healthy", true));
            case "GET_VERSION" -> {
                ObjectNode version = Json.object();
                version.putObject("version_info").put("version", StateDocuments.VERSION);
                yield message(type, version);
            }
            case "GET_MASTER" -> message(type, master());
            case "GET_STATE" -> state(type, plan, "");
            case "GET_TASKS" -> state(type, plan, "get_tasks");
            case "GET_AGENTS" -> state(type, plan, "get_agents");
            case "GET_FRAMEWORKS" -> state(type, plan, "get_frameworks");
            case "SUBSCRIBE" -> text(501, "");
            default -> text(400, "Failed to validate master::Call: unknown type " + type);
        };
    }

    private WireResponse state(String type, MesosFaults.Plan plan, String part) {
        Optional<JsonNode> state =
                plan.empty() ? Optional.of(ClusterState.emptyState()) : book.getState();
        return state.map(all -> message(type, part.isEmpty() ? all : all.path(part)))
                .orElseGet(() -> text(501, "a recorded stream has no state"));
    }

    private ObjectNode master() {
        String host = server.address().getAddress().getHostAddress();
        ObjectNode payload = Json.object();
        ObjectNode info = payload.putObject("master_info");
        info.put("id", "b7a1c0de-4f3c-4a6e-9f0e-7c8a2d1b6e55");
        info.put("ip", littleEndian(server.address().getAddress().getAddress()));
        info.put("port", server.port());
        info.put("pid", "master@" + hostPort());
        info.put("hostname", host).put("version", StateDocuments.VERSION);
        info.putObject("address").put("hostname", host).put("ip", host).put("port", server.port());
        info.putArray("capabilities").addObject().put("type", "AGENT_UPDATE");
        payload.put("start_time", 1.0).put("elected_time", 1.0);
        return payload;
    }

    private static long littleEndian(byte[] address) {
        long number = 0;
        for (int i = Math.min(3, address.length - 1); i >= 0; i--) {
            number = number << 8 | (address[i] & 0xff);
        }
        return number;
    }

    private void stream(WireExchange exchange, MesosFaults.Plan plan) throws IOException {
        RecordStream stream = new RecordStream(exchange, settings.heartbeat(), settings.chunk());
        OutputStream out =
                exchange.stream(
                        200,
                        "OK",
                        List.of(
                                new Header("Transfer-Encoding", "chunked"),
                                new Header("Content-Type", JSON)));
        book.subscribe(stream, plan.empty());
        try {
            stream.run(out);
        } finally {
            audience.unsubscribe(stream);
        }
    }

    private static void respond(WireRequest request, WireExchange exchange, WireResponse response)
            throws IOException {
        boolean asked =
                request.header("accept-encoding").stream()
                        .anyMatch(value -> value.contains("gzip"));
        if (!asked || response.body().length < GZIP_FROM) {
            exchange.respond(response);
            return;
        }
        ByteArrayOutputStream buffer = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(buffer)) {
            gzip.write(response.body());
        }
        exchange.respond(response.with("Content-Encoding", "gzip").withBody(buffer.toByteArray()));
    }

    private static WireResponse message(String type, JsonNode payload) {
        return json(StateDocuments.message(type, payload));
    }

    private static WireResponse json(JsonNode body) {
        return new WireResponse(
                200, "OK", List.of(new Header("Content-Type", JSON)), Json.bytes(body));
    }

    private static WireResponse text(int status, String text) {
        return WireResponse.of(status, TEXT, text);
    }

    private static void pause(MesosFaults.Plan plan) throws IOException {
        try {
            Thread.sleep(plan.delay());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while an answer was held back", stop);
        }
    }
}
