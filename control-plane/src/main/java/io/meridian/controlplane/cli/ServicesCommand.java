package io.meridian.controlplane.cli;

import com.fasterxml.jackson.databind.JsonNode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code meridian services}: all services, or the instances of one. */
@Command(name = "services", description = "List services, or show one: meridian services /shop/web")
public final class ServicesCommand extends ClientCommand {
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
