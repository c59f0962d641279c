package io.meridian.controlplane.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** {@code meridian vips release}: gives the addresses of unused VIP names back to the pool. */
@Command(
        name = "release",
        description =
                "Give the addresses of VIP names back that no service has requested for"
                        + " meridian.vip.release-after: meridian vips release web.marathon")
final class ReleaseCommand implements Runnable {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--url",
            defaultValue = "http://127.0.0.1:8181",
            description = "Admin HTTP of a master; default ${DEFAULT-VALUE}.")
    private String url = "";

    @ArgGroup(multiplicity = "1")
    private Which which = new Which();

    /** Names, or all unused ones. */
    static final class Which {
        @Parameters(arity = "1..*", description = "VIP names, such as web.marathon.")
        List<String> names = List.of();

        @Option(names = "--unused", description = "Release every unused name.")
        boolean unused;
    }

    @Override
    public void run() {
        NodeClient node = new NodeClient(Duration.ofSeconds(5), Duration.ofSeconds(30));
        Map<String, Object> request =
                which.unused ? Map.of("unused", true) : Map.of("names", which.names);
        String body =
                node.post(
                        url.replaceAll("/+$", "") + "/api/vips/release",
                        JSON.valueToTree(request).toString());
        JsonNode answer = NodeClient.parse(body);
        answer.path("released").forEach(name -> System.out.println("released " + name.asText()));
        answer.path("refused")
                .properties()
                .forEach(
                        one ->
                                System.out.println(
                                        "kept "
                                                + one.getKey()
                                                + ": it "
                                                + one.getValue().asText()));
        if (answer.path("released").isEmpty() && answer.path("refused").isEmpty()) {
            System.out.println("no name is unused");
        }
    }
}
