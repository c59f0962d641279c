package io.meridian.controlplane.cli;

import com.fasterxml.jackson.databind.JsonNode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.List;

/** {@code meridian vips}: VIPs with their backends and problems, or the plan for the kernel. */
@Command(
        name = "vips",
        subcommands = ReleaseCommand.class,
        description =
                "List VIPs with their backends and problems on this node, or the changes"
                        + " it would make and why.")
public final class VipsCommand extends ClientCommand {
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
                line.append(' ').append(field).append('=').append(Table.text(problem.path(field)));
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
