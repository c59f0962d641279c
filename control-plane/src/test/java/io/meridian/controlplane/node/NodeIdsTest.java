package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class NodeIdsTest {
    @Test
    void theOldestOfTheMembersWithOneIdIsFirst() {
        NodeIds.Holder young = new NodeIds.Holder("agent", "akka://meridian@10.0.0.1:1", 7);
        NodeIds.Holder old = new NodeIds.Holder("agent", "akka://meridian@10.0.0.2:1", 3);
        NodeIds.Holder other = new NodeIds.Holder("master", "akka://meridian@10.0.0.3:1", 1);

        assertThat(NodeIds.shared(List.of(young, other, old)))
                .containsExactly(Map.entry("agent", List.of(old, young)));
        assertThat(NodeIds.shared(List.of(young, other))).isEmpty();
    }

    @Test
    void aMembersRoleCarriesItsId() {
        assertThat(NodeIds.of(List.of("agent", NodeIds.role("a:b c")))).isEqualTo("a:b c");
        assertThat(NodeIds.of(List.of("agent"))).isEmpty();
        NodeIds.Holder unknown = new NodeIds.Holder("", "one", 1);
        assertThat(NodeIds.shared(List.of(unknown, new NodeIds.Holder("", "two", 2)))).isEmpty();
    }
}
