package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.DesiredState;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.Proposal;
import io.meridian.ipvs.Subject;
import io.meridian.ipvs.Target;
import io.meridian.ipvs.host.Problem;
import io.meridian.ipvs.host.Surroundings;

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

/** The one thread that a writer lets block on its kernel, and what it does there, in order. */
final class KernelThread {
    private final IpvsSettings settings;
    private final Access access;
    private final DesiredState desired;
    private final InstantSource clock;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("ipvs-kernel").factory());

    /**
     * What something is to be done with.
     *
     * @param shown the image that counts
     * @param node how this node sees itself and others now
     */
    record Errand(IpvsWriter.Show shown, NodeView node, Reconciler with) {}

    KernelThread(IpvsSettings settings, Access access, InstantSource clock) {
        this.settings = settings;
        this.desired = new DesiredState(settings.pace());
        this.access = access;
        this.clock = clock;
    }

    /** Opens the kernel; sets up the host, which runs programs and takes its time. */
    CompletionStage<Kernel> open() {
        return CompletableFuture.supplyAsync(access.open(), thread);
    }

    /**
     * One round, with what has to be right around the table.
     *
     * @param before failures of the round before, which tell since when
     */
    CompletionStage<Round> round(Errand errand, boolean audit, List<Failure> before) {
        return CompletableFuture.supplyAsync(() -> reconcile(errand, audit, before), thread);
    }

    /** What a round would do now. */
    CompletionStage<Proposal> propose(Errand errand) {
        return CompletableFuture.supplyAsync(() -> proposal(errand), thread);
    }

    /** Closes the kernel after what is under way, and does nothing any more. */
    void end(Optional<Kernel> kernel) {
        kernel.ifPresent(open -> thread.execute(open::close));
        thread.shutdown();
    }

    private Round reconcile(Errand errand, boolean audit, List<Failure> before) {
        Target target = target(errand);
        Surroundings surroundings = access.surroundings();
        List<Problem> keeping = surroundings.keepClients(target.keepingClients(), audit);
        List<Problem> others =
                new ArrayList<>(surroundings.prepare(target.state().table().servers()));
        try {
            Round round = errand.with().reconcileOnce(target, audit);
            others.addAll(surroundings.settle(round.servers(), audit));
            SortedMap<String, Failure> failures = new TreeMap<>();
            put(keeping, new Subject.Servers(target.keepingClients()), before, failures);
            put(others, Subject.HOST, before, failures);
            return round.with(List.copyOf(failures.values()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void put(
            List<Problem> problems,
            Subject subject,
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
                            subject,
                            "",
                            problem.message(),
                            last.map(Failure::since).orElseGet(clock::instant),
                            last.map(Failure::tries).orElse(0) + 1,
                            Optional.empty()));
        }
    }

    private Target target(Errand errand) {
        return desired.next(errand.shown().image(), errand.node(), errand.shown().tentative());
    }

    private Proposal proposal(Errand errand) {
        try {
            if (settings.kind() == IpvsSettings.Kind.IPVS) {
                return errand.with().propose(target(errand), "this node's kernel");
            }
            try (Kernel real = access.inspect().get()) {
                return switch (real.availability()) {
                    case Availability.Ready _ ->
                            new Reconciler(real, settings.ownership(), clock)
                                    .propose(
                                            target(errand),
                                            "this node's kernel, which the dry run leaves alone");
                    case Availability.Unavailable none ->
                            errand.with()
                                    .propose(
                                            target(errand),
                                            "the dry run's table: " + none.reason());
                };
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
