package io.meridian.simulator.marathon;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Carries out plans, at most one for a service at a time. Only the simulation thread. */
final class Deployments {
    private final EventBus bus;
    private final Events events;
    private final Map<String, Service> services;
    private final List<Deployment> active = new ArrayList<>();
    private InstanceLife life;

    Deployments(EventBus bus, Events events, Map<String, Service> services) {
        this.bus = bus;
        this.events = events;
        this.services = services;
    }

    /** Sets the other half of a cyclic dependency; called once, before anything runs. */
    void use(InstanceLife instanceLife) {
        life = instanceLife;
    }

    List<Deployment> active() {
        return List.copyOf(active);
    }

    Optional<Deployment> of(Service service) {
        return active.stream().filter(deployment -> deployment.service == service).findFirst();
    }

    /** Cancels the current plan for another one. @throws ApiRefusal 409 unless forced */
    void claim(Service service, boolean force) {
        Optional<Deployment> running = of(service);
        if (running.isEmpty()) {
            return;
        }
        if (!force) {
            throw ApiRefusal.locked(List.of(running.get().id));
        }
        active.remove(running.get());
        bus.publish(events.deploymentFailed(running.get(), "The upgrade has been cancelled"));
    }

    /**
     * Deploys the first instances of a new service; {@code echo} are the API's events for the
     * request.
     */
    void create(Deployment deployment, EventFrame groupChange, EventFrame echo) {
        begin(deployment);
        bus.publish(groupChange);
        addHealthChecks(deployment.service);
        bus.publish(events.deploymentStepSuccess(deployment));
        deployment.step = 1;
        bus.publish(events.deploymentInfo(deployment));
        bus.publish(echo);
        progress(deployment.service);
    }

    /** Starts a deployment that scales or restarts a service. */
    void change(Deployment deployment, List<EventFrame> echo) {
        change(deployment, echo, () -> {});
    }

    /**
     * @param first action that runs after the deployment is announced and before its first step
     */
    void change(Deployment deployment, List<EventFrame> echo, Runnable first) {
        int running =
                (int) deployment.service.wanted().stream().filter(Instance::isRunning).count();
        deployment.capacity = deployment.service.current.maximumCapacity(running);
        begin(deployment);
        addHealthChecks(deployment.service);
        echo.forEach(bus::publish);
        first.run();
        progress(deployment.service);
    }

    /** Starts the deployment that removes a service. */
    void stop(Deployment deployment, List<EventFrame> echo) {
        deployment.service.stopping = true;
        begin(deployment);
        deployment
                .service
                .current
                .definition()
                .path("healthChecks")
                .forEach(check -> bus.publish(events.removeHealthCheck(deployment.service.id)));
        progress(deployment.service);
        echo.forEach(bus::publish);
    }

    /** Publishes a deployment without any action, as Marathon does for an unchanged service. */
    void nothing(Deployment deployment, List<EventFrame> echo) {
        echo.forEach(bus::publish);
        bus.publish(events.deploymentSuccess(deployment));
    }

    /** Takes all steps that are possible now, and ends the deployment once its goal is reached. */
    void progress(Service service) {
        Optional<Deployment> running = of(service);
        if (running.isEmpty()) {
            return;
        }
        Deployment deployment = running.get();
        act(deployment);
        if (active.contains(deployment) && isDone(deployment)) {
            finish(deployment);
        }
    }

    private void begin(Deployment deployment) {
        active.add(deployment);
        bus.publish(events.deploymentInfo(deployment));
    }

    private void addHealthChecks(Service service) {
        service.current
                .definition()
                .path("healthChecks")
                .forEach(check -> bus.publish(events.addHealthCheck(service.current, check)));
    }

    private void act(Deployment deployment) {
        Service service = deployment.service;
        switch (deployment.current()) {
            case START -> {}
            case SCALE -> scale(service);
            case RESTART -> roll(deployment);
            case STOP ->
                    List.copyOf(service.instances)
                            .forEach(instance -> life.decommission(service, instance));
        }
    }

    private void scale(Service service) {
        List<Instance> wanted = service.wanted();
        int missing = service.current.instances() - wanted.size();
        for (int i = 0; i < missing; i++) {
            life.schedule(service);
        }
        if (missing < 0) {
            Comparator<Instance> youngest =
                    Comparator.comparingLong((Instance instance) -> instance.number);
            wanted.stream()
                    .sorted(service.current.killOldestFirst() ? youngest : youngest.reversed())
                    .limit(-missing)
                    .forEach(instance -> life.decommission(service, instance));
        }
    }

    /**
     * Marathon's rolling restart: starts new instances within capacity, ends old ones while enough
     * are ready.
     */
    private void roll(Deployment deployment) {
        Service service = deployment.service;
        RunSpec spec = service.current;
        List<Instance> fresh =
                service.wanted().stream().filter(instance -> isFresh(instance, spec)).toList();
        int room = deployment.capacity - service.instances.size();
        int missing = Math.min(spec.instances() - fresh.size(), room);
        for (int i = 0; i < missing; i++) {
            life.schedule(service);
        }
        List<Instance> old =
                service.wanted().stream()
                        .filter(instance -> !isFresh(instance, spec))
                        .sorted(Comparator.comparing(Instance::isReady))
                        .toList();
        long ready = service.ready();
        for (Instance instance : old) {
            if (!instance.isReady() || ready > spec.minimumHealthy()) {
                ready -= instance.isReady() ? 1 : 0;
                life.decommission(service, instance);
            }
        }
    }

    private boolean isDone(Deployment deployment) {
        Service service = deployment.service;
        return switch (deployment.current()) {
            case START -> true;
            case SCALE ->
                    service.ready() == service.current.instances()
                            && service.instances.size() == service.current.instances();
            case RESTART ->
                    service.ready() == service.current.instances()
                            && service.instances.size() == service.current.instances()
                            && service.instances.stream()
                                    .allMatch(instance -> isFresh(instance, service.current));
            case STOP -> service.instances.isEmpty();
        };
    }

    private void finish(Deployment deployment) {
        active.remove(deployment);
        if (deployment.current() == Deployment.Action.STOP) {
            services.remove(deployment.service.id);
            bus.publish(events.appTerminated(deployment.service.id));
        }
        bus.publish(events.deploymentStepSuccess(deployment));
        bus.publish(events.deploymentSuccess(deployment));
    }

    private static boolean isFresh(Instance instance, RunSpec spec) {
        return instance.spec.lastConfigChange().equals(spec.lastConfigChange());
    }
}
