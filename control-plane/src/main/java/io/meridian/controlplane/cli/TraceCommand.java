package io.meridian.controlplane.cli;

import com.fasterxml.jackson.databind.JsonNode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code meridian trace}: the stages that a service's last change has reached. */
@Command(
        name = "trace",
        description =
                "Follow a service's last change through all stages: meridian trace /shop/web."
                        + " `needs` is the sequence number or revision of the change, `has` the"
                        + " stage's.")
public final class TraceCommand extends ClientCommand {
    @Parameters(arity = "1", description = "Service id, such as /shop/web.")
    String id = "";

    @Override
    String path() {
        return "/api/trace/services/" + encode(id);
    }

    @Override
    Table table(JsonNode answer) {
        Table table = new Table("stage", "where", "needs", "has", "reached");
        for (JsonNode stage : answer.path("stages")) {
            table.row(
                    stage.path("stage").asText(),
                    stage.path("where").asText(),
                    stage.path("at").asText(),
                    stage.path("has").asText(),
                    stage.path("reached").asBoolean() ? "yes" : "no");
        }
        return table;
    }
}
