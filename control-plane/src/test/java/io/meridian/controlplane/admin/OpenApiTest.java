package io.meridian.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.controlplane.http.HostNames;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Compares {@code /openapi.json} with the running server, in both directions. */
class OpenApiTest {
    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");
    private static ServerBinding binding;
    private static JsonNode document;

    @BeforeAll
    static void start() throws Exception {
        ExampleNode node = new ExampleNode();
        Metrics metrics = new Metrics(node, Optional.empty(), Optional.empty(), Optional.empty());
        binding =
                Http.get(KIT.system())
                        .newServerAt("127.0.0.1", 0)
                        .bind(
                                new AdminRoutes(
                                                node,
                                                metrics,
                                                new HostNames(List.of("node-1")),
                                                new EventHub(KIT.system(), 2))
                                        .routes())
                        .toCompletableFuture()
                        .get();
        document = JSON.readTree(get("/openapi.json").body());
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void everyPathOfTheContractIsDescribed() {
        assertThat(document.path("openapi").asText()).startsWith("3.1");
        assertThat(names(document.path("paths")))
                .containsExactlyInAnyOrder(
                        "/",
                        "/health/live",
                        "/health/ready",
                        "/metrics",
                        "/openapi.json",
                        "/api/services",
                        "/api/services/{id}",
                        "/api/vips",
                        "/api/vips/plan",
                        "/api/vips/release",
                        "/api/zones",
                        "/api/zones/{zone}/records",
                        "/api/nodes",
                        "/api/trace/services/{id}",
                        "/api/events");
    }

    @Test
    void everyReferenceResolvesAndEverySchemaIsUsed() {
        Set<String> references = new HashSet<>();
        document.findValues("$ref").forEach(reference -> references.add(reference.asText()));

        assertThat(references)
                .isNotEmpty()
                .allSatisfy(
                        reference ->
                                assertThat(document.at(reference.substring(1)).isMissingNode())
                                        .as(reference)
                                        .isFalse());
        document.path("components")
                .properties()
                .forEach(
                        kind ->
                                names(kind.getValue())
                                        .forEach(
                                                name ->
                                                        assertThat(references)
                                                                .contains(
                                                                        "#/components/"
                                                                                + kind.getKey()
                                                                                + "/"
                                                                                + name)));
    }

    @Test
    void everyOperationHasTheRequiredFields() {
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            if (path.getKey().equals("/api/vips/release")) {
                assertThat(names(path.getValue())).containsExactly("post");
                continue;
            }
            assertThat(names(path.getValue())).as(path.getKey()).containsExactly("get");
            JsonNode get = path.getValue().path("get");
            assertThat(get.path("summary").asText()).as(path.getKey()).isNotBlank();
            assertThat(names(get.path("responses"))).as(path.getKey()).contains("200");
            for (JsonNode response : get.path("responses")) {
                assertThat(resolved(response).path("description").asText()).isNotBlank();
            }
            List<String> declared = new ArrayList<>();
            for (JsonNode parameter : get.path("parameters")) {
                JsonNode one = resolved(parameter);
                assertThat(one.path("in").asText()).isEqualTo("path");
                assertThat(one.path("required").asBoolean()).isTrue();
                assertThat(one.path("example").asText()).isNotBlank();
                declared.add(one.path("name").asText());
            }
            assertThat(declared)
                    .as(path.getKey())
                    .isEqualTo(
                            PARAMETER
                                    .matcher(path.getKey())
                                    .results()
                                    .map(found -> found.group(1))
                                    .toList());
        }
    }

    @Test
    void everyResponseMatchesItsSchema() throws Exception {
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            JsonNode get = path.getValue().path("get");
            if (get.isMissingNode()) {
                continue; // AdminRoutesTest posts to it
            }
            HttpResponse<String> answer = get(example(path.getKey(), get));
            JsonNode said =
                    resolved(get.path("responses").path(Integer.toString(answer.statusCode())));
            String type =
                    answer.headers().firstValue("content-type").orElseThrow().split(";", 2)[0];

            assertThat(said.isMissingNode())
                    .as(path.getKey() + " " + answer.statusCode())
                    .isFalse();
            assertThat(names(said.path("content"))).as(path.getKey()).contains(type);
            JsonNode schema = said.path("content").path(type).path("schema");
            if (type.endsWith("json") && !schema.isMissingNode()) {
                assertFits(JSON.readTree(answer.body()), schema, path.getKey());
            }
        }
    }

    /**
     * Checks types, enumerations and field names; every field in the response must be described.
     */
    private static void assertFits(JsonNode value, JsonNode reference, String where) {
        JsonNode schema = resolved(reference);
        if (schema.has("enum")) {
            assertThat(schema.path("enum")).as(where).contains(value);
        }
        switch (schema.path("type").asText()) {
            case "array" -> {
                assertThat(value.isArray()).as(where).isTrue();
                value.forEach(item -> assertFits(item, schema.path("items"), where + "[]"));
            }
            case "object" -> {
                assertThat(value.isObject()).as(where).isTrue();
                JsonNode properties = schema.path("properties");
                if (!properties.isEmpty()) {
                    assertThat(names(properties)).as(where).containsAll(names(value));
                }
                for (Map.Entry<String, JsonNode> field : value.properties()) {
                    assertFits(
                            field.getValue(),
                            properties.path(field.getKey()),
                            where + "." + field.getKey());
                }
            }
            case "string" -> assertThat(value.isTextual()).as(where).isTrue();
            case "integer" -> assertThat(value.isIntegralNumber()).as(where).isTrue();
            case "number" -> assertThat(value.isNumber()).as(where).isTrue();
            case "boolean" -> assertThat(value.isBoolean()).as(where).isTrue();
            default -> {} // several types or none declared
        }
    }

    private static String example(String path, JsonNode get) {
        List<JsonNode> parameters = new ArrayList<>();
        get.path("parameters").forEach(parameter -> parameters.add(resolved(parameter)));
        return PARAMETER
                .matcher(path)
                .replaceAll(
                        (MatchResult found) ->
                                parameters.stream()
                                        .filter(
                                                one ->
                                                        one.path("name")
                                                                .asText()
                                                                .equals(found.group(1)))
                                        .findFirst()
                                        .orElseThrow()
                                        .path("example")
                                        .asText());
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + binding.localAddress().getPort() + path);
        return CLIENT.send(
                HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
