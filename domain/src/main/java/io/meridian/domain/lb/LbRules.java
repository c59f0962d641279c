package io.meridian.domain.lb;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * From Marathon's apps to routes (spec of Marathon-LB, 1.7 to 1.10). A port that cannot be read
 * becomes a problem; all others are served.
 *
 * @param groups groups that this load balancer serves; {@code *} = all
 * @param strict true if a port is served only with the label {@code ENABLED}
 * @param framework app id without its slash that is left out: the load balancer's own app; null =
 *     none
 * @param range ports to assign to apps with an address per task and without service port; null =
 *     none are assigned
 * @param addressOf IPv4 address of a Mesos agent, or null if its name is unknown
 */
public record LbRules(
        Collection<String> groups,
        boolean strict,
        @Nullable String framework,
        ServicePorts.@Nullable PortRange range,
        Admission admission,
        Function<String, @Nullable String> addressOf) {
    private static final Comparator<Route> BY_APP_AND_PORT =
            Comparator.comparing(Route::app, Text.BY_CODE_POINT).thenComparing(Route::port);

    /**
     * @param served routes of this load balancer's groups, by app id and port
     * @param siblings all routes with servers, those of other groups too, by app id and port
     * @param problems what is not served, with reasons
     */
    public record Routes(List<Route> served, List<Route> siblings, List<Problem> problems) {
        /** Ports that HAProxy checks, one for each server of the route. */
        public List<Integer> checkPorts(Route route) throws RefusedException {
            List<List<Integer>> ports =
                    siblings.stream()
                            .filter(sibling -> sibling.app().equals(route.app()))
                            .map(Routes::ports)
                            .toList();
            return CheckPorts.of(ports(route), ports, route.checkIndex());
        }

        private static List<Integer> ports(Route route) {
            return route.servers().stream().map(Server::port).toList();
        }
    }

    /** Routes of the apps, which are in the order of Marathon's answer. */
    public Routes routes(List<LbApp> apps) {
        List<Problem> problems = new ArrayList<>();
        List<Route> withServers = new ArrayList<>();
        ServicePorts servicePorts = new ServicePorts(range);
        for (LbApp app : DeploymentGroups.merge(apps, problems)) {
            if (!app.id().equals("/" + framework)) {
                withServers.addAll(routes(app, servicePorts.of(app), problems));
            }
        }
        withServers.sort(BY_APP_AND_PORT);
        List<Route> served =
                withServers.stream()
                        .filter(route -> LabelValues.serves(groups, route.groups()))
                        .filter(Route::enabled)
                        .toList();
        return new Routes(served, withServers, problems);
    }

    private Collection<Route> routes(
            LbApp app, List<@Nullable Integer> servicePorts, List<Problem> problems) {
        Map<Integer, Route> routes = new TreeMap<>();
        for (int i = 0; i < servicePorts.size(); i++) {
            Integer servicePort = servicePorts.get(i);
            try {
                if (servicePort == null) {
                    throw new RefusedException("the range for service ports is used up");
                }
                routes.put(servicePort, Route.of(app, i, servicePort, !strict));
            } catch (RefusedException e) {
                if (LabelValues.serves(groups, new PortLabels(app.labels(), i).groups())) {
                    problems.add(Problem.ofPort(app.id(), i, String.valueOf(e.getMessage())));
                }
            }
        }
        Map<Integer, List<Server>> servers = servers(app, servicePorts, problems);
        List<Route> complete = new ArrayList<>();
        routes.forEach(
                (port, route) -> {
                    List<Server> own = servers.getOrDefault(port, List.of());
                    if (!own.isEmpty()) {
                        complete.add(route.with(own.stream().sorted(Server.ORDER).toList()));
                    }
                });
        return complete;
    }

    private Map<Integer, List<Server>> servers(
            LbApp app, List<@Nullable Integer> servicePorts, List<Problem> problems) {
        Map<Integer, List<Server>> servers = new TreeMap<>();
        for (LbTask task : app.tasks()) {
            if (!admission.admits(app, task)) {
                continue;
            }
            String address = address(app, task, problems);
            if (address == null) {
                continue;
            }
            int count = Math.min(task.ports().size(), servicePorts.size());
            for (int i = 0; i < count; i++) {
                Integer servicePort = servicePorts.get(i);
                if (servicePort != null) {
                    servers.computeIfAbsent(servicePort, _ -> new ArrayList<>())
                            .add(
                                    new Server(
                                            task.host(),
                                            address,
                                            task.ports().get(i),
                                            task.draining(),
                                            task.id()));
                }
            }
        }
        return servers;
    }

    /** Address of the task; null = no server for the task. */
    private @Nullable String address(LbApp app, LbTask task, List<Problem> problems) {
        String address = task.usesAgentAddress() ? addressOf.apply(task.host()) : task.address();
        if (address == null) {
            String where = task.usesAgentAddress() ? "Mesos agent " + task.host() : "container";
            problems.add(
                    new Problem(app.id(), "task " + task.id(), where + " has no IPv4 address"));
        }
        return address;
    }
}
