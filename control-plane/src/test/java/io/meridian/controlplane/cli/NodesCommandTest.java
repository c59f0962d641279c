package io.meridian.controlplane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;

class NodesCommandTest {
    @Test
    void aNodesStateAndItsDataPlanesProblemAreShown() {
        JsonNode nodes =
                NodeClient.parse(
                        """
                        [{"id":"agent-1","state":"lost","seen_seconds":12.3,"version":"1.0",
                          "address":"10.0.0.7","roles":["agent"],"revisions":{"zone":5,"vip":4},
                          "lag_seconds":0.0,
                          "dataplane":{"kind":"ipvs","failures":0,"detail":"no family IPVS"}}]\
                        """);

        assertThat(NodesCommand.nodes(nodes).text())
                .isEqualTo(
                        """
                        id       state  seen      version  address   roles  zone  vip  lag    dataplane  failures
                        agent-1  lost   12 s ago  1.0      10.0.0.7  agent  5     4    0.0 s  ipvs       0
                        """);
        assertThat(NodesCommand.details(nodes)).isEqualTo("\nagent-1: dataplane: no family IPVS\n");
    }

    @Test
    void aCellSendsNoEscapeSequenceToTheTerminal() {
        JsonNode tasks = NodeClient.parse("[{\"task\":\"web.1\\n\\u001b[2Jfake\"}]");

        assertThat(Table.of(tasks, "task").text()).isEqualTo("task\nweb.1\\u000a\\u001b[2Jfake\n");
    }
}
