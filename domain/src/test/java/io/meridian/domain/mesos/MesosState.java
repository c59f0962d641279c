package io.meridian.domain.mesos;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.domain.mesos.MesosView.Agent;
import io.meridian.domain.mesos.MesosView.Discovery;
import io.meridian.domain.mesos.MesosView.Framework;
import io.meridian.domain.mesos.MesosView.Label;
import io.meridian.domain.mesos.MesosView.NetworkInfo;
import io.meridian.domain.mesos.MesosView.Port;
import io.meridian.domain.mesos.MesosView.Status;
import io.meridian.domain.mesos.MesosView.Task;

import java.util.List;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/** Reads the parts of a {@code /master/state} document that the rules use. */
public final class MesosState {
    private MesosState() {}

    /**
     * @param leader replaces the document's leader
     */
    public static MesosView read(JsonNode state, String leader, List<String> masters) {
        return new MesosView(
                leader,
                masters,
                list(state.path("slaves"), s -> new Agent(text(s, "id"), text(s, "pid"))),
                list(state.path("frameworks"), MesosState::framework));
    }

    private static Framework framework(JsonNode node) {
        return new Framework(
                text(node, "name"),
                text(node, "pid"),
                text(node, "hostname"),
                list(node.path("tasks"), MesosState::task));
    }

    private static Task task(JsonNode node) {
        JsonNode discovery = node.path("discovery");
        return new Task(
                text(node, "id"),
                text(node, "name"),
                text(node, "slave_id"),
                text(node, "state"),
                text(node.path("resources"), "ports"),
                list(node.path("statuses"), MesosState::status),
                discovery.isMissingNode()
                        ? Discovery.NONE
                        : new Discovery(
                                text(discovery, "name"),
                                list(
                                        discovery.path("ports").path("ports"),
                                        port ->
                                                new Port(
                                                        port.path("number").asInt(),
                                                        text(port, "protocol"),
                                                        text(port, "name")))));
    }

    private static Status status(JsonNode node) {
        return new Status(
                text(node, "state"),
                node.path("timestamp").asDouble(),
                list(
                        node.path("container_status").path("network_infos"),
                        info ->
                                new NetworkInfo(
                                        list(
                                                info.path("ip_addresses"),
                                                address -> text(address, "ip_address")),
                                        text(info, "ip_address"))),
                list(
                        node.path("labels"),
                        label -> new Label(text(label, "key"), text(label, "value"))));
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText("");
    }

    private static <T> List<T> list(JsonNode node, Function<JsonNode, T> reader) {
        return StreamSupport.stream(node.spliterator(), false).map(reader).toList();
    }
}
