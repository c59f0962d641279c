package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.AffectedServers;
import io.meridian.ipvs.DesiredState;
import io.meridian.ipvs.Proposal;
import io.meridian.ipvs.Target;
import io.meridian.ipvs.host.HostPrerequisites;
import io.meridian.ipvs.host.Problem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The thread on which a writer's blocking kernel calls run, one after the other. */
final class KernelThread {
    private final IpvsSettings settings;
    private final KernelProvider provider;
    private final DesiredState desired;
    private final InstantSource clock;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("ipvs-kernel").factory());

    KernelThread(IpvsSettings settings, KernelProvider provider, InstantSource clock) {
        this.settings = settings;
        this.desired = new DesiredState(settings.transition());
        this.provider = provider;
        this.clock = clock;
    }

    /** Opens the kernel and sets up the host, which may take seconds: it runs programs. */
    CompletionStage<Kernel> open() {
        return CompletableFuture.supplyAsync(provider.open(), thread);
    }

    /**
     * Runs one round, with the host's prerequisites before and after it.
     *
     * @param before failures of the round before, for the time of first failure
     */
    CompletionStage<Round> round(ReconcileRequest request, List<Failure> before) {
        return CompletableFuture.supplyAsync(() -> reconcile(request, before), thread);
    }

    /** Plans a round without running it. */
    CompletionStage<Proposal> propose(ReconcileRequest request) {
        return CompletableFuture.supplyAsync(() -> proposal(request), thread);
    }

    /** Ends the thread after its current call and closes the kernel. */
    void end(Optional<Kernel> kernel) {
        kernel.ifPresent(open -> thread.execute(open::close));
        thread.shutdown();
    }

    private Round reconcile(ReconcileRequest request, List<Failure> before) {
        Target target = target(request);
        HostPrerequisites prerequisites = provider.prerequisites();
        List<Problem> keeping =
                prerequisites.preserveClientAddresses(target.keepingClients(), request.audit());
        List<Problem> others =
                new ArrayList<>(prerequisites.beforeRound(target.state().table().servers()));
        try {
            Round round = request.reconciler().reconcileOnce(target, request.audit());
            others.addAll(prerequisites.afterRound(round.servers(), request.audit()));
            SortedMap<String, Failure> failures = new TreeMap<>();
            put(keeping, new AffectedServers.Listed(target.keepingClients()), before, failures);
            put(others, AffectedServers.ALL, before, failures);
            return round.with(List.copyOf(failures.values()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void put(
            List<Problem> problems,
            AffectedServers affected,
            List<Failure> before,
            SortedMap<String, Failure> failures) {
        for (Problem problem : problems) {
            Optional<Failure> last =
                    before.stream()
                            .filter(failure -> failure.row().equals(problem.row()))
                            .findFirst();
            failures.putIfAbsent(
                    problem.row(),
                    new Failure(
                            Failure.Kind.HOST,
                            problem.row(),
                            affected,
                            "",
                            problem.message(),
                            last.map(Failure::since).orElseGet(clock::instant),
                            last.map(Failure::tries).orElse(0) + 1,
                            Optional.empty()));
        }
    }

    private Target target(ReconcileRequest request) {
        return desired.next(request.newest().image(), request.node(), request.newest().tentative());
    }

    private Proposal proposal(ReconcileRequest request) {
        try {
            if (settings.kind() == IpvsSettings.Kind.IPVS) {
                return request.reconciler().propose(target(request), "this node's kernel");
            }
            try (Kernel real = provider.inspect().get()) {
                return switch (real.availability()) {
                    case Availability.Ready _ ->
                            new Reconciler(real, settings.ownership(), clock)
                                    .propose(
                                            target(request),
                                            "this node's kernel, which the dry run leaves alone");
                    case Availability.Unavailable none ->
                            request.reconciler()
                                    .propose(
                                            target(request),
                                            "the dry run's table: " + none.reason());
                };
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
