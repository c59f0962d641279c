package io.meridian.sources.marathon;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.BoundPort;
import io.meridian.domain.service.NetworkMode;
import io.meridian.sources.json.Json;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The expected endpoints of a task in {@code expected-endpoints.json} and the endpoints that a
 * source finds, in one text form: {@code name address:port/protocol reach via}.
 *
 * <p>{@code via=agent}: agent address and host port, from everywhere. {@code via=container}: the
 * task's own address and container port; in bridge mode only from the same agent, in container mode
 * from that network.
 */
public final class ExpectedEndpoints {
    private ExpectedEndpoints() {}

    /** Every task with expected endpoints. */
    public static Json all() {
        return Fixtures.json("marathon/matrix/expected-endpoints.json");
    }

    /** The expected endpoints of a task. */
    public static SortedSet<String> wanted(Json task) {
        SortedSet<String> endpoints = new TreeSet<>();
        for (Json endpoint : task.at("endpoints").items()) {
            List<String> protocols =
                    endpoint.at("protocols").isAbsent()
                            ? List.of("tcp")
                            : endpoint.at("protocols").items(Json::text);
            String reach =
                    endpoint.at("reach")
                            .text()
                            .replaceAll("^network:.*", "network")
                            .replace("-only", "");
            for (String protocol : protocols) {
                endpoints.add(
                        line(
                                endpoint.at("port_name").text(),
                                endpoint.at("address").address(),
                                endpoint.at("port").integer(1, 65535),
                                Protocol.parse(protocol).orElseThrow(),
                                reach + " " + endpoint.at("via").text()));
            }
        }
        return endpoints;
    }

    /** The endpoints that a source finds for a task. */
    public static SortedSet<String> of(
            List<BoundPort> ports, NetworkMode mode, List<IpAddress> agent, List<IpAddress> own) {
        SortedSet<String> endpoints = new TreeSet<>();
        for (BoundPort port : ports) {
            for (Protocol protocol : port.protocols()) {
                if (port.hostPort() > 0) {
                    agent.forEach(
                            address ->
                                    endpoints.add(
                                            line(
                                                    port.name(),
                                                    address,
                                                    port.hostPort(),
                                                    protocol,
                                                    "cluster agent")));
                }
                if (mode != NetworkMode.HOST && port.containerPort() > 0) {
                    String reach = mode == NetworkMode.BRIDGE ? "same-agent" : "network";
                    own.forEach(
                            address ->
                                    endpoints.add(
                                            line(
                                                    port.name(),
                                                    address,
                                                    port.containerPort(),
                                                    protocol,
                                                    reach + " container")));
                }
            }
        }
        return endpoints;
    }

    private static String line(
            String name, IpAddress address, int port, Protocol protocol, String how) {
        return name + " " + address + ":" + port + "/" + protocol + " " + how;
    }
}
