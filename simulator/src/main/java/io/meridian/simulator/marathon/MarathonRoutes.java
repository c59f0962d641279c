package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.http.WireRequest;
import io.meridian.simulator.http.WireResponse;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Marathon's REST API over one simulation, except events. Only the simulation thread. */
final class MarathonRoutes {
    private static final Pattern APP_PART =
            Pattern.compile("^(.*?)/(restart|versions|tasks)(?:/([^/]+))?$");
    private static final String JSON = "application/json";

    private final Simulation simulation;
    private final AppChanges apps;
    private final PodChanges pods;
    private final MarathonFacts facts;

    MarathonRoutes(Simulation simulation, Leadership leadership) {
        this.simulation = simulation;
        this.apps = new AppChanges(simulation);
        this.pods = new PodChanges(simulation, apps);
        this.facts = new MarathonFacts(simulation, leadership);
    }

    AppChanges apps() {
        return apps;
    }

    /** Answers a request; an {@code ApiRefusal} becomes its answer. */
    WireResponse route(WireRequest request) {
        try {
            return dispatch(request, request.path());
        } catch (ApiRefusal refusal) {
            return WireResponse.of(refusal.status(), JSON, refusal.body().toString());
        } catch (NoSuchElementException missing) {
            return WireResponse.of(
                    404, JSON, Json.object().put("message", missing.getMessage()).toString());
        }
    }

    private WireResponse dispatch(WireRequest request, String path) {
        if (path.equals("/v2/apps") || path.equals("/v2/apps/")) {
            return switch (request.method()) {
                case "GET" -> listApps(request);
                case "POST" -> createApp(request);
                default -> throw notAllowed();
            };
        }
        if (path.startsWith("/v2/apps/")) {
            return app(request, path.substring("/v2/apps".length()));
        }
        if (path.equals("/v2/pods/::status")) {
            ArrayNode list = Json.array();
            simulation
                    .pods()
                    .forEach(pod -> list.add(PodStatuses.pod(pod, simulation.identities.now())));
            return ok(list);
        }
        if (path.equals("/v2/pods") || path.equals("/v2/pods/")) {
            return switch (request.method()) {
                case "GET" -> {
                    ArrayNode list = Json.array();
                    simulation.pods().forEach(pod -> list.add(pod.current.definition()));
                    yield ok(list);
                }
                case "POST" -> podAnswer(201, pods.create(AppChanges.object(request.text())));
                default -> throw notAllowed();
            };
        }
        if (path.startsWith("/v2/pods/")) {
            return pod(request, path.substring("/v2/pods".length()));
        }
        if (path.equals("/v2/tasks")) {
            return ok(tasks(request));
        }
        if (path.equals("/v2/tasks/delete") && request.method().equals("POST")) {
            return deleteTasks(request);
        }
        return facts.answer(request);
    }

    private WireResponse listApps(WireRequest request) {
        boolean withTasks = embeds(request, "apps.tasks", "apps.failures");
        boolean withFailure = embeds(request, "apps.lastTaskFailure", "apps.failures");
        AppFilter filter = AppFilter.from(request);
        ArrayNode list = Json.array();
        simulation.apps().stream()
                .filter(filter::accepts)
                .forEach(
                        app ->
                                list.add(
                                        Listings.app(
                                                app,
                                                simulation.deployments.of(app),
                                                withTasks,
                                                withFailure)));
        ObjectNode body = Json.object();
        body.set("apps", list);
        return ok(body);
    }

    private static boolean embeds(WireRequest request, String... wanted) {
        return List.of(wanted).stream().anyMatch(request.parameters("embed")::contains);
    }

    private WireResponse createApp(WireRequest request) {
        AppChanges.Created created = apps.create(AppChanges.object(request.text()), request.path());
        return WireResponse.of(201, JSON, created.body().toString())
                .with("Location", "/v2/apps/" + created.body().path("id").asText())
                .with("Marathon-Deployment-Id", created.accepted().deploymentId());
    }

    private WireResponse app(WireRequest request, String rest) {
        Matcher part = APP_PART.matcher(rest);
        if (part.matches() && !part.group(1).isEmpty()) {
            String id = SpecPath.absolute(part.group(1));
            String detail = part.group(3) == null ? "" : part.group(3);
            return switch (part.group(2)) {
                case "restart" -> accepted(apps.restart(id, request.flag("force")));
                case "versions" -> versions(id, detail);
                default -> appTasks(request, id, detail);
            };
        }
        String id = SpecPath.absolute(rest);
        return switch (request.method()) {
            case "GET" -> {
                Service service = simulation.app(id);
                ObjectNode body = Json.object();
                body.set(
                        "app",
                        Listings.app(service, simulation.deployments.of(service), true, true));
                yield ok(body);
            }
            case "PUT", "PATCH" -> updateApp(request, id);
            case "DELETE" -> accepted(apps.delete(id, request.flag("force")));
            default -> throw notAllowed();
        };
    }

    private WireResponse updateApp(WireRequest request, String id) {
        ObjectNode body = AppChanges.object(request.text());
        boolean exists = simulation.apps().stream().anyMatch(app -> app.id.equals(id));
        if (!exists && request.method().equals("PUT")) {
            AppChanges.Created created = apps.create(body.put("id", id), request.path());
            return WireResponse.of(201, JSON, created.accepted().json().toString())
                    .with("Marathon-Deployment-Id", created.accepted().deploymentId());
        }
        return accepted(apps.update(id, body, request.flag("force"), request.path()));
    }

    private WireResponse versions(String id, String version) {
        Service service = simulation.app(id);
        if (!version.isEmpty()) {
            return ok(apps.version(service, version).definition());
        }
        ObjectNode body = Json.object();
        body.set("versions", Json.strings(service.versions.keySet()));
        return ok(body);
    }

    private WireResponse appTasks(WireRequest request, String id, String taskId) {
        Service service = simulation.app(id);
        if (request.method().equals("GET")) {
            ObjectNode body = Json.object();
            ArrayNode list = body.putArray("tasks");
            Listings.listed(service)
                    .forEach(instance -> list.add(Listings.task(instance, List.of())));
            return ok(body);
        }
        if (!request.method().equals("DELETE")) {
            throw notAllowed();
        }
        List<Simulation.Found> found =
                taskId.isEmpty()
                        ? Listings.listed(service).stream()
                                .map(
                                        instance ->
                                                new Simulation.Found(
                                                        service,
                                                        instance,
                                                        instance.tasks.getFirst()))
                                .toList()
                        : List.of(simulation.task(taskId));
        if (request.flag("scale")) {
            return accepted(apps.killAndScale(service, found, request.flag("force")));
        }
        ObjectNode body = Json.object();
        if (taskId.isEmpty()) {
            body.set("tasks", killed(found));
        } else {
            body.set("task", Listings.task(found.getFirst().instance(), List.of()));
        }
        apps.kill(found, request.flag("wipe"));
        return ok(body);
    }

    private static ArrayNode killed(List<Simulation.Found> found) {
        ArrayNode list = Json.array();
        found.forEach(each -> list.add(Listings.task(each.instance(), List.of())));
        return list;
    }

    private WireResponse deleteTasks(WireRequest request) {
        List<Simulation.Found> found = new ArrayList<>();
        for (JsonNode id : AppChanges.object(request.text()).path("ids")) {
            found.add(simulation.task(id.asText()));
        }
        if (request.flag("scale") && !found.isEmpty()) {
            return accepted(
                    apps.killAndScale(found.getFirst().service(), found, request.flag("force")));
        }
        ObjectNode body = Json.object();
        body.set("tasks", killed(found));
        apps.kill(found, request.flag("wipe"));
        return ok(body);
    }

    private ObjectNode tasks(WireRequest request) {
        List<String> states = request.parameters("status");
        ObjectNode body = Json.object();
        ArrayNode list = body.putArray("tasks");
        for (Service service : simulation.all()) {
            if (service.pod) {
                continue;
            }
            List<Integer> ports = service.current.servicePorts();
            for (Instance instance : Listings.listed(service)) {
                String word = instance.isRunning() ? "running" : "staging";
                if (states.isEmpty() || states.contains(word)) {
                    list.add(Listings.task(instance, ports));
                }
            }
        }
        return body;
    }

    private WireResponse pod(WireRequest request, String rest) {
        String id = SpecPath.absolute(rest.replaceAll("::.*$", ""));
        String part = rest.contains("::") ? rest.substring(rest.indexOf("::")) : "";
        boolean force = request.flag("force");
        if (part.startsWith("::instances/") && request.method().equals("DELETE")) {
            return killInstance(id, part.substring("::instances/".length()));
        }
        if (!part.isEmpty()) {
            Service pod = simulation.pod(id);
            return switch (part) {
                case "::status" -> ok(PodStatuses.pod(pod, simulation.identities.now()));
                case "::versions" -> ok(Json.strings(pod.versions.keySet()));
                default ->
                        ok(apps.version(pod, part.replaceFirst("^::versions/", "")).definition());
            };
        }
        return switch (request.method()) {
            case "GET" -> ok(simulation.pod(id).current.definition());
            case "PUT" ->
                    podAnswer(
                            200,
                            pods.update(
                                    id, AppChanges.object(request.text()), force, request.path()));
            case "DELETE" ->
                    WireResponse.empty(202)
                            .with("Marathon-Deployment-Id", pods.delete(id, force, request.path()));
            default -> throw notAllowed();
        };
    }

    private WireResponse killInstance(String podId, String instanceId) {
        Service pod = simulation.pod(podId);
        Instance instance =
                pod.instances.stream()
                        .filter(each -> each.id.equals(instanceId))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        ApiRefusal.message(
                                                404, "pod instance " + instanceId + " not found"));
        simulation.life.kill(pod, instance);
        return ok(Json.object().put("instanceId", instance.id));
    }

    private static WireResponse podAnswer(int status, PodChanges.Changed changed) {
        return WireResponse.of(status, JSON, changed.definition().toString())
                .with("Marathon-Deployment-Id", changed.deploymentId());
    }

    private static WireResponse accepted(AppChanges.Accepted accepted) {
        return ok(accepted.json()).with("Marathon-Deployment-Id", accepted.deploymentId());
    }

    static WireResponse ok(JsonNode body) {
        return WireResponse.of(200, JSON, body.toString());
    }

    private static ApiRefusal notAllowed() {
        return ApiRefusal.message(405, "Method Not Allowed");
    }
}
