package io.meridian.system;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Computes the tables that Mesos-DNS and dcos-net make of a {@code /master/state} document, from
 * raw JSON. Written from their documentation (specs: mesos-dns 1, dcos-net 1.2, 2.1, 2.2) without
 * any class of the program. Hosts must be addresses, and names short: nothing is truncated.
 *
 * <p>Meridian's own contract takes precedence. An unhealthy task's backend is draining with weight
 * 0; a task with a health check and no verdict has no backend. An unreachable task stays, with the
 * last addresses of it and its agent, unless it was draining or had not run yet; it gets
 * connections only if no other backend of its family serves. A task on the host's network has its
 * agent's present address.
 */
final class MesosOracle {
    private static final String DCOS = ".dcos.thisdcos.directory.";

    private final SortedSet<String> cluster = new TreeSet<>();
    private final SortedSet<String> tasks = new TreeSet<>();
    private final SortedSet<String> dcos = new TreeSet<>();
    private final SortedMap<String, SortedSet<ExpectedTask.Backend>> backends = new TreeMap<>();
    private final Map<String, String> agents = new HashMap<>();
    private final List<String> ipSources;
    private final Past past;

    /** Agents of earlier documents; a master lists only the registered ones. */
    static final class Past {
        /** Addresses of each agent; the last one is the present or last known one. */
        private final Map<String, List<String>> addresses = new HashMap<>();

        /** The agents of this document only. */
        void add(JsonNode state) {
            state.path("slaves").forEach(this::addAgent);
        }

        private void addAgent(JsonNode agent) {
            add(agent.path("id").asText(), host(agent.path("pid").asText().split("@", 2)[1]));
        }

        private void add(String agent, String address) {
            List<String> had = addresses.computeIfAbsent(agent, _ -> new ArrayList<>());
            had.remove(address);
            had.add(address);
        }

        private List<String> addresses(String agent) {
            return addresses.getOrDefault(agent, List.of());
        }
    }

    /**
     * @param ipSources sources of addresses in order, out of {@code netinfo}, {@code docker},
     *     {@code mesos} and {@code host}
     */
    MesosOracle(JsonNode state, List<String> ipSources) {
        this(state, ipSources, new Past());
    }

    /**
     * @param past agents of earlier documents; this document's agents are added
     */
    MesosOracle(JsonNode state, List<String> ipSources, Past past) {
        this.ipSources = List.copyOf(ipSources);
        this.past = past;
        for (JsonNode agent : state.path("slaves")) {
            agent(agent);
        }
        for (JsonNode framework : state.path("frameworks")) {
            framework(framework);
            framework.path("tasks").forEach(task -> task(framework, task));
            framework
                    .path("unreachable_tasks")
                    .forEach(task -> backends(framework, task, lostState(task)));
        }
        backends.replaceAll((_, all) -> withLastResort(all));
    }

    /** Records {@code name type data} of agents and frameworks. */
    SortedSet<String> cluster() {
        return cluster;
    }

    /** Records {@code name type data} of tasks in the Mesos domain. */
    SortedSet<String> tasks() {
        return tasks;
    }

    /** Records {@code name type data} of tasks in {@code dcos.thisdcos.directory}. */
    SortedSet<String> dcos() {
        return dcos;
    }

    SortedMap<String, SortedSet<ExpectedTask.Backend>> backends() {
        return backends;
    }

    private void agent(JsonNode agent) {
        String[] at = agent.path("pid").asText().split("@", 2);
        String host = host(at[1]);
        agents.put(agent.path("id").asText(), host);
        past.add(agent.path("id").asText(), host);
        address(cluster, "slave.mesos.", host);
        cluster.add("_slave._tcp.mesos. SRV 0 1 " + port(at[1]) + " slave.mesos.");
    }

    private void framework(JsonNode framework) {
        String name = fragment(framework.path("name").asText()) + ".mesos.";
        String pid = framework.path("pid").asText("");
        if (pid.isEmpty()) {
            address(cluster, name, framework.path("hostname").asText());
            return;
        }
        String at = pid.split("@", 2)[1];
        address(cluster, name, host(at));
        cluster.add("_framework._tcp." + name + " SRV 0 1 " + port(at) + " " + name);
    }

    private void task(JsonNode framework, JsonNode task) {
        backends(framework, task, backendState(task));
        String agent = agents.getOrDefault(task.path("slave_id").asText(), "");
        if (!task.path("state").asText().equals("TASK_RUNNING") || agent.isEmpty()) {
            return;
        }
        String discovery = task.path("discovery").path("name").asText("");
        String name = discovery.isEmpty() ? task.path("name").asText() : discovery;
        List<String> own = addresses(task, agent);
        String fw = fragment(framework.path("name").asText());
        names(task, mangled(name), fw, own, agent, !discovery.isEmpty());
        if (!discovery.isEmpty()) {
            names(task, discovery.toLowerCase(Locale.ROOT), fw, own, agent, true);
        }
        dcos(framework, task, name, agent);
    }

    private void names(
            JsonNode task,
            String x,
            String fw,
            List<String> own,
            String agent,
            boolean discovered) {
        String id = task.path("slave_id").asText();
        String tail =
                "-"
                        + TaskNameHash.of(task.path("id").asText())
                        + "-"
                        + id.substring(id.lastIndexOf('-') + 1).toLowerCase(Locale.ROOT);
        for (String host : List.of(x, x + tail)) {
            own.forEach(address -> address(tasks, host + "." + fw + ".mesos.", address));
            address(tasks, host + "." + fw + ".slave.mesos.", agent);
        }
        String onAgent = x + tail + "." + fw + ".slave.mesos.";
        for (int port : hostPorts(task)) {
            for (String protocol : List.of("tcp", "udp")) {
                String service = "_" + x + "._" + protocol + "." + fw;
                String data = " SRV 0 1 " + port + " " + onAgent;
                tasks.add(service + ".slave.mesos." + data);
                if (!discovered) {
                    tasks.add(service + ".mesos." + data);
                }
            }
        }
        if (discovered) {
            for (JsonNode port : task.path("discovery").path("ports").path("ports")) {
                discovered(port, x, fw, x + tail + "." + fw + ".mesos.");
            }
        }
    }

    private void discovered(JsonNode port, String x, String fw, String target) {
        String text = port.path("protocol").asText("");
        SortedSet<String> protocols = new TreeSet<>();
        if (mangled(text).isEmpty()) {
            protocols.addAll(List.of("tcp", "udp"));
        } else {
            protocols.add(mangled(text));
            Arrays.stream(text.split(",")).map(MesosOracle::mangled).forEach(protocols::add);
        }
        for (String protocol : protocols) {
            String service = "_" + x + "._" + protocol + "." + fw + ".mesos.";
            String data = " SRV 0 1 " + port.path("number").asInt() + " " + target;
            tasks.add(service + data);
            String name = mangled(port.path("name").asText(""));
            if (!name.isEmpty()) {
                tasks.add("_" + name + "." + service + data);
            }
        }
    }

    private void dcos(JsonNode framework, JsonNode task, String name, String agent) {
        String prefix = dcosLabel(name) + "." + dcosLabel(framework.path("name").asText());
        List<String> own = netinfo(task);
        address(dcos, prefix + ".agentip" + DCOS, agent);
        own.forEach(address -> address(dcos, prefix + ".containerip" + DCOS, address));
        boolean mapped = ports(task).stream().anyMatch(port -> port.host != 0);
        for (String address : own.isEmpty() || mapped ? List.of(agent) : own) {
            address(dcos, prefix + ".autoip" + DCOS, address);
        }
    }

    /** Takes all addresses from the first source that has any. */
    private List<String> addresses(JsonNode task, String agent) {
        return ipSources.stream()
                .map(
                        source ->
                                switch (source) {
                                    case "netinfo" -> netinfo(task);
                                    case "docker" ->
                                            labels(task, "Docker.NetworkSettings.IPAddress");
                                    case "mesos" ->
                                            labels(
                                                    task,
                                                    "MesosContainerizer.NetworkSettings.IPAddress");
                                    default -> List.of(agent);
                                })
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private static List<String> netinfo(JsonNode task) {
        List<String> found = new ArrayList<>();
        for (JsonNode info : latest(task).path("container_status").path("network_infos")) {
            List<String> texts = new ArrayList<>();
            info.path("ip_addresses").forEach(ip -> texts.add(ip.path("ip_address").asText("")));
            if (texts.isEmpty()) {
                texts.add(info.path("ip_address").asText(""));
            }
            texts.stream().filter(MesosOracle::isAddress).forEach(found::add);
        }
        return found.stream().map(MarathonOracle::plain).distinct().toList();
    }

    private static List<String> labels(JsonNode task, String key) {
        return latest(task)
                .path("labels")
                .valueStream()
                .filter(label -> label.path("key").asText().equals(key))
                .map(label -> label.path("value").asText())
                .filter(MesosOracle::isAddress)
                .distinct()
                .toList();
    }

    private static boolean isAddress(String text) {
        return text.matches("\\d{1,3}(\\.\\d{1,3}){3}") || text.contains(":");
    }

    /** The newest status of RUNNING. */
    private static JsonNode latest(JsonNode task) {
        JsonNode latest = com.fasterxml.jackson.databind.node.MissingNode.getInstance();
        for (JsonNode status : task.path("statuses")) {
            if (status.path("state").asText().equals("TASK_RUNNING")
                    && (latest.isMissingNode()
                            || status.path("timestamp").asDouble()
                                    > latest.path("timestamp").asDouble())) {
                latest = status;
            }
        }
        return latest;
    }

    private static List<Integer> hostPorts(JsonNode task) {
        List<Integer> ports = new ArrayList<>();
        String text = task.path("resources").path("ports").asText("");
        for (String range : text.replaceAll("[\\[\\] ]", "").split(",")) {
            if (!range.isEmpty()) {
                String[] ends = range.split("-");
                for (int p = Integer.parseInt(ends[0]); p <= Integer.parseInt(ends[1]); p++) {
                    ports.add(p);
                }
            }
        }
        return ports;
    }

    /**
     * @param host host port, 0 if it has none
     * @param container container port, 0 if it has none
     */
    private record Port(int host, int container, String protocol, List<String> vips) {}

    /** The merged port model: mappings, labels of the task, DiscoveryInfo. */
    private List<Port> ports(JsonNode task) {
        List<JsonNode> mappings = mappings(task);
        boolean hostNetwork = onHostNetwork(task);
        List<Port> ports = new ArrayList<>();
        for (JsonNode port : task.path("discovery").path("ports").path("ports")) {
            int number = port.path("number").asInt();
            boolean scopeHost = false;
            List<String> vips = new ArrayList<>();
            for (JsonNode label : port.path("labels").path("labels")) {
                String key = label.path("key").asText();
                String value = label.path("value").asText();
                scopeHost |= key.equals("network-scope") && value.equals("host");
                if (key.startsWith("VIP") || key.startsWith("vip")) {
                    vips.add(value);
                }
            }
            for (String protocol : port.path("protocol").asText("").split(",")) {
                if (number == 0 || !List.of("tcp", "udp").contains(protocol)) {
                    continue;
                }
                int host =
                        scopeHost
                                ? number
                                : hostNetwork
                                        ? 0
                                        : mapped(mappings, protocol, "container_port", number)
                                                .map(one -> one.path("host_port").asInt())
                                                .orElse(0);
                ports.add(new Port(host, scopeHost ? 0 : number, protocol, vips));
            }
        }
        List<Integer> resources = hostPorts(task);
        for (JsonNode label : task.path("labels")) {
            String key = label.path("key").asText().toLowerCase(Locale.ROOT);
            String[] value = label.path("value").asText().split("://", 2);
            if (key.matches("vip_port\\d+") && value.length == 2) {
                int n = Integer.parseInt(key.substring("vip_port".length()));
                if (n < resources.size()) {
                    ports.add(new Port(resources.get(n), 0, value[0], List.of(value[1])));
                }
            }
        }
        for (JsonNode mapping : mappings) {
            ports.add(
                    new Port(
                            mapping.path("host_port").asInt(),
                            mapping.path("container_port").asInt(),
                            mapping.path("protocol").asText("tcp"),
                            List.of()));
        }
        return ports;
    }

    /**
     * Whether the task's only address is one that its agent has, or had when the task reported it.
     */
    private boolean onHostNetwork(JsonNode task) {
        List<String> own = netinfo(task);
        return mappings(task).isEmpty()
                && own.size() == 1
                && past.addresses(task.path("slave_id").asText()).contains(own.getFirst());
    }

    private static Optional<JsonNode> mapped(
            List<JsonNode> mappings, String protocol, String field, int number) {
        return mappings.stream()
                .filter(one -> one.path("protocol").asText("tcp").equals(protocol))
                .filter(one -> one.path(field).asInt() == number)
                .findFirst();
    }

    private static List<JsonNode> mappings(JsonNode task) {
        JsonNode container = task.path("container");
        return Stream.of(
                        container.path("docker").path("port_mappings").valueStream(),
                        container
                                .path("network_infos")
                                .valueStream()
                                .flatMap(info -> info.path("port_mappings").valueStream()),
                        latest(task)
                                .path("container_status")
                                .path("network_infos")
                                .valueStream()
                                .flatMap(info -> info.path("port_mappings").valueStream()))
                .flatMap(found -> found)
                .distinct()
                .toList();
    }

    private void backends(JsonNode framework, JsonNode task, Optional<String> state) {
        List<String> agent = past.addresses(task.path("slave_id").asText());
        if (state.isEmpty() || agent.isEmpty()) {
            return;
        }
        boolean hostNetwork = onHostNetwork(task);
        for (Port port : ports(task)) {
            for (String vip : port.vips) {
                int colon = vip.lastIndexOf(':');
                String left = vip.substring(0, colon);
                boolean literal = isAddress(left);
                String name =
                        literal
                                ? left
                                : fragment(left) + "." + fragment(framework.path("name").asText());
                List<String> reached =
                        port.host != 0 || hostNetwork ? List.of(agent.getLast()) : netinfo(task);
                for (String address : reached) {
                    if (literal && left.contains(":") != address.contains(":")) {
                        continue;
                    }
                    backends.computeIfAbsent(
                                    port.protocol + " " + name + vip.substring(colon),
                                    _ -> new TreeSet<>())
                            .add(
                                    new ExpectedTask.Backend(
                                            address,
                                            port.host != 0 ? port.host : port.container,
                                            state.get().equals("serving") ? 1 : 0,
                                            task.path("id").asText(),
                                            state.get()));
                }
            }
        }
    }

    private static SortedSet<ExpectedTask.Backend> withLastResort(
            SortedSet<ExpectedTask.Backend> all) {
        SortedSet<ExpectedTask.Backend> result = new TreeSet<>();
        for (ExpectedTask.Backend one : all) {
            boolean asked =
                    one.state().equals("unreachable")
                            && all.stream()
                                    .filter(other -> isIpv6(other) == isIpv6(one))
                                    .noneMatch(other -> other.state().equals("serving"));
            result.add(
                    new ExpectedTask.Backend(
                            one.address(),
                            one.port(),
                            asked ? 1 : one.weight(),
                            one.task(),
                            one.state()));
        }
        return result;
    }

    private static boolean isIpv6(ExpectedTask.Backend backend) {
        return backend.address().contains(":");
    }

    private static Optional<String> backendState(JsonNode task) {
        JsonNode verdict = newest(task).path("healthy");
        boolean none = task.has("health_check") && verdict.isMissingNode();
        return switch (task.path("state").asText()) {
            case "TASK_KILLING" -> Optional.of("draining");
            case "TASK_RUNNING" ->
                    none
                            ? Optional.empty()
                            : Optional.of(verdict.asBoolean(true) ? "serving" : "draining");
            default -> Optional.empty();
        };
    }

    /** Returns the task's state if its latest status is from its agent. */
    private static Optional<String> lostState(JsonNode task) {
        JsonNode verdict = newest(task).path("healthy");
        List<String> said =
                task.path("statuses")
                        .valueStream()
                        .map(status -> status.path("state").asText())
                        .toList();
        if (said.contains("TASK_KILLING")) {
            return Optional.of("draining");
        }
        boolean none = task.has("health_check") && verdict.isMissingNode();
        return none || !said.contains("TASK_RUNNING")
                ? Optional.empty()
                : Optional.of(verdict.asBoolean(true) ? "unreachable" : "draining");
    }

    /** The newest status that has a verdict. */
    private static JsonNode newest(JsonNode task) {
        JsonNode newest = com.fasterxml.jackson.databind.node.MissingNode.getInstance();
        for (JsonNode status : task.path("statuses")) {
            if (status.has("healthy")
                    && status.path("timestamp").asDouble()
                            >= newest.path("timestamp").asDouble(0)) {
                newest = status;
            }
        }
        return newest;
    }

    private static void address(SortedSet<String> to, String name, String address) {
        if (!isAddress(address)) {
            return; // no address for this name
        }
        to.add(name + (address.contains(":") ? " AAAA " : " A ") + MarathonOracle.plain(address));
    }

    private static String host(String at) {
        return at.substring(0, at.lastIndexOf(':')).replaceAll("[\\[\\]]", "");
    }

    private static String port(String at) {
        return at.substring(at.lastIndexOf(':') + 1);
    }

    /** Mesos-DNS: one label. */
    private static String mangled(String text) {
        return text.toLowerCase(Locale.ROOT)
                .replaceAll("[._]", "-")
                .replaceAll("[^a-z0-9-]", "")
                .replaceAll("^-+|-+$", "");
    }

    /** Mesos-DNS and dcos-net: dots separate labels. */
    private static String fragment(String text) {
        return Arrays.stream(text.split("\\."))
                .map(MesosOracle::mangled)
                .filter(label -> !label.isEmpty())
                .reduce((left, right) -> left + "." + right)
                .orElse("");
    }

    /** dcos-net: one label that begins with a letter or digit. */
    private static String dcosLabel(String text) {
        return mangled(text);
    }
}
