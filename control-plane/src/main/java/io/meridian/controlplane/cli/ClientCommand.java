package io.meridian.controlplane.cli;

import com.fasterxml.jackson.databind.JsonNode;

import picocli.CommandLine.Option;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A command that asks a running node and prints a table, or the unchanged JSON. */
abstract class ClientCommand implements Runnable {
    @Option(
            names = "--url",
            defaultValue = "http://127.0.0.1:8181",
            description = "Admin HTTP of a node; default ${DEFAULT-VALUE}.")
    private String url = "";

    @Option(names = "--json", description = "Print the node's JSON unchanged.")
    private boolean json;

    /** The path to ask, encoded. */
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
        NodeClient node = new NodeClient(Duration.ofSeconds(5), Duration.ofSeconds(30));
        String body = node.body(url.replaceAll("/+$", "") + path());
        if (json) {
            System.out.print(body + (body.endsWith("\n") ? "" : "\n"));
        } else {
            JsonNode answer = NodeClient.parse(body);
            System.out.print(heading(answer) + table(answer).text() + footing(answer));
        }
    }

    static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
