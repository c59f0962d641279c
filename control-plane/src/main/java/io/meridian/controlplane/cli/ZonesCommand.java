package io.meridian.controlplane.cli;

import com.fasterxml.jackson.databind.JsonNode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code meridian zones}: all zones, or the records of one. */
@Command(name = "zones", description = "List zones, or the records of one: meridian zones mesos")
public final class ZonesCommand extends ClientCommand {
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
