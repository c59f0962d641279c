package io.meridian.controlplane.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.controlplane.OperatorException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands that query the admin HTTP of a running node and print a table, or the unchanged JSON.
 */
public final class ClientCommands {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ClientCommands() {}

    public static List<Runnable> all() {
        return List.of(new Services(), new Vips(), new Zones(), new Nodes(), new Trace());
    }

    private abstract static class Client implements Runnable {
        @Option(
                names = "--url",
                defaultValue = "http://127.0.0.1:8181",
                description = "Admin HTTP of a node; default ${DEFAULT-VALUE}.")
        String url = "";

        @Option(names = "--json", description = "Print the node's JSON unchanged.")
        boolean json;

        abstract String path();

        abstract Table table(JsonNode answer);

        /** Lines above the table; empty by default. */
        String heading(JsonNode answer) {
            return "";
        }

        /** Lines below the table; empty by default. */
        String footing(JsonNode answer) {
            return "";
        }

        @Override
        public void run() {
            String body = get(url.replaceAll("/+$", "") + path());
            if (json) {
                System.out.print(body + (body.endsWith("\n") ? "" : "\n"));
            } else {
                JsonNode answer = parse(body);
                System.out.print(heading(answer) + table(answer).text() + footing(answer));
            }
        }
    }

    @Command(
            name = "services",
            description = "List services, or show one: meridian services /shop/web")
    private static final class Services extends Client {
        @Parameters(arity = "0..1", description = "Service id, such as /shop/web.")
        String id = "";

        @Override
        String path() {
            return "/api/services" + (id.isEmpty() ? "" : "/" + encode(id));
        }

        @Override
        Table table(JsonNode answer) {
            if (id.isEmpty()) {
                return Table.of(answer, "id", "framework", "instances", "serving", "refusals");
            }
            return Table.of(
                    answer.path("instances"),
                    "task",
                    "phase",
                    "health",
                    "unreachable",
                    "agent",
                    "addresses",
                    "ports");
        }
    }

    @Command(
            name = "vips",
            description =
                    "List VIPs with their backends and problems on this node, or the changes"
                            + " it would make and why.")
    private static final class Vips extends Client {
        @Option(
                names = "--plan",
                description =
                        "Show the operations the node would run in its kernel now, and why;"
                                + " runs none of them.")
        boolean plan;

        @Override
        String path() {
            return plan ? "/api/vips/plan" : "/api/vips";
        }

        @Override
        Table table(JsonNode answer) {
            return plan ? planned(answer) : listed(answer);
        }

        @Override
        String heading(JsonNode answer) {
            return plan
                    ? "compared with "
                            + answer.path("compared_with").asText()
                            + (answer.path("changes").isEmpty() ? ": nothing would change" : "")
                            + "\n"
                    : "";
        }

        @Override
        String footing(JsonNode answer) {
            StringBuilder lines = new StringBuilder();
            if (!plan) {
                for (JsonNode vip : answer) {
                    for (JsonNode problem : vip.path("problems")) {
                        lines.append(problem(vip, problem)).append('\n');
                    }
                }
            }
            return lines.isEmpty() ? "" : "\n" + lines;
        }

        private static String problem(JsonNode vip, JsonNode problem) {
            StringBuilder line =
                    new StringBuilder(
                            "%s:%s/%s at %s: "
                                    .formatted(
                                            vip.path("name").asText(),
                                            vip.path("port").asText(),
                                            vip.path("protocol").asText(),
                                            vip.path("address").asText()));
            line.append(problem.path("message").asText());
            for (String field :
                    List.of("backends", "since", "until", "tries", "next_try", "containers")) {
                if (problem.has(field)) {
                    line.append(' ')
                            .append(field)
                            .append('=')
                            .append(Table.text(problem.path(field)));
                }
            }
            return line.toString();
        }

        private static Table planned(JsonNode answer) {
            Table table = new Table("stage", "operation", "row", "why");
            for (JsonNode change : answer.path("changes")) {
                table.row(
                        change.path("stage").asText(),
                        change.path("operation").asText(),
                        change.path("row").asText(),
                        change.path("why").asText());
            }
            for (JsonNode held : answer.path("held")) {
                table.row("held", "none", held.path("row").asText(), held.path("why").asText());
            }
            return table;
        }

        private static Table listed(JsonNode answer) {
            Table table =
                    new Table(
                            "name",
                            "protocol",
                            "address",
                            "port",
                            "backend",
                            "weight",
                            "state",
                            "task");
            for (JsonNode vip : answer) {
                for (JsonNode backend : vip.path("backends")) {
                    table.row(
                            vip.path("name").asText(),
                            vip.path("protocol").asText(),
                            vip.path("address").asText(),
                            vip.path("port").asText(),
                            backend.path("address").asText() + ":" + backend.path("port").asText(),
                            backend.path("weight").asText(),
                            backend.path("state").asText(),
                            backend.path("task").asText());
                }
            }
            return table;
        }
    }

    @Command(
            name = "zones",
            description = "List zones, or the records of one: meridian zones mesos")
    private static final class Zones extends Client {
        @Parameters(arity = "0..1", description = "Zone, such as mesos.")
        String zone = "";

        @Override
        String path() {
            return "/api/zones" + (zone.isEmpty() ? "" : "/" + encode(zone) + "/records");
        }

        @Override
        Table table(JsonNode answer) {
            return zone.isEmpty()
                    ? Table.of(answer, "zone", "records", "revision")
                    : Table.of(answer, "name", "ttl", "type", "data");
        }
    }

    @Command(name = "nodes", description = "List nodes and what each has applied.")
    private static final class Nodes extends Client {
        @Override
        String path() {
            return "/api/nodes";
        }

        @Override
        Table table(JsonNode answer) {
            Table table =
                    new Table(
                            "id",
                            "address",
                            "roles",
                            "zone",
                            "vip",
                            "lag",
                            "dataplane",
                            "failures");
            for (JsonNode node : answer) {
                table.row(
                        node.path("id").asText(),
                        node.path("address").asText(),
                        Table.text(node.path("roles")),
                        node.path("revisions").path("zone").asText(),
                        node.path("revisions").path("vip").asText(),
                        node.path("lag_seconds").asText() + " s",
                        node.path("dataplane").path("kind").asText(),
                        node.path("dataplane").path("failures").asText());
            }
            return table;
        }
    }

    @Command(
            name = "trace",
            description =
                    "Follow a service's last change through all stages: meridian trace /shop/web")
    private static final class Trace extends Client {
        @Parameters(arity = "1", description = "Service id, such as /shop/web.")
        String id = "";

        @Override
        String path() {
            return "/api/trace/services/" + encode(id);
        }

        @Override
        Table table(JsonNode answer) {
            return Table.of(answer.path("stages"), "stage", "where", "at", "has", "reached");
        }
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (IOException notJson) {
            throw new OperatorException("the answer is not JSON: " + notJson.getMessage(), notJson);
        }
    }

    private static String get(String url) {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30)).build();
            HttpResponse<String> response =
                    client.send(
                            request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() != 200) {
                throw new OperatorException(
                        url
                                + " answered "
                                + response.statusCode()
                                + ": "
                                + reason(response.body()));
            }
            return response.body();
        } catch (IllegalArgumentException wrong) {
            throw new OperatorException("--url is not a URL: " + wrong.getMessage(), wrong);
        } catch (IOException failed) {
            throw new OperatorException(
                    "cannot reach "
                            + url
                            + ": "
                            + (failed.getMessage() == null
                                    ? failed.toString()
                                    : failed.getMessage())
                            + "; is a node running there? see --url",
                    failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new OperatorException("interrupted", stopped);
        }
    }

    private static String reason(String body) {
        try {
            JsonNode problem = JSON.readTree(body);
            List<String> parts = new ArrayList<>();
            for (String field : List.of("title", "detail")) {
                if (problem.hasNonNull(field)) {
                    parts.add(problem.get(field).asText());
                }
            }
            return parts.isEmpty() ? body : String.join(": ", parts);
        } catch (IOException notJson) {
            return body;
        }
    }
}
