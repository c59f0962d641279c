package io.meridian.controlplane.cli;

import com.fasterxml.jackson.databind.JsonNode;

import picocli.CommandLine.Command;

/** {@code meridian nodes}: all nodes with their state and what each has applied. */
@Command(
        name = "nodes",
        description = "List nodes: state, last report, and the revisions that each has applied.")
public final class NodesCommand extends ClientCommand {
    @Override
    String path() {
        return "/api/nodes";
    }

    @Override
    Table table(JsonNode answer) {
        return nodes(answer);
    }

    @Override
    String footing(JsonNode answer) {
        return details(answer);
    }

    static Table nodes(JsonNode answer) {
        Table table =
                new Table(
                        "id",
                        "state",
                        "seen",
                        "version",
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
                    node.path("state").asText(),
                    "%.0f s ago".formatted(node.path("seen_seconds").asDouble()),
                    node.path("version").asText(),
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

    /** One line for each node whose data plane reports a problem; empty without problems. */
    static String details(JsonNode answer) {
        StringBuilder lines = new StringBuilder();
        for (JsonNode node : answer) {
            String detail = node.path("dataplane").path("detail").asText();
            if (!detail.isEmpty()) {
                lines.append(lines.isEmpty() ? "\n" : "")
                        .append(node.path("id").asText())
                        .append(": dataplane: ")
                        .append(detail)
                        .append('\n');
            }
        }
        return lines.toString();
    }
}
