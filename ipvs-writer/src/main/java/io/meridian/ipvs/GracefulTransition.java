package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The drains and slow starts in progress; immutable.
 *
 * <p><em>Drain</em>: a real server that leaves the target gets weight 0, so the kernel gives it no
 * new connections. It stays until it has no connection left or its deadline passes. The virtual
 * server and its route stay until the last drain ends, and IPVS refuses new clients at once. A real
 * server that returns gets its weight back at once. Every real server of Meridian in the kernel
 * that the target lacks is drained, whichever program added it. So a restarted writer resumes
 * drains, with a new deadline.
 *
 * <p><em>Slow start</em>: the weight of a new real server grows in {@link #STEPS} steps, if other
 * real servers of its virtual server already serve. A real server starts at full weight if the
 * virtual server was empty, if the kernel had it before, or in the first target of a run.
 *
 * <p>Laws: {@code GracefulTransitionLawTest}.
 */
public final class GracefulTransition {
    /** No drain, no slow start, and no previous target. */
    public static final GracefulTransition NONE =
            new GracefulTransition(new TreeMap<>(), new TreeMap<>(), Optional.empty());

    /** Number of steps of a slow start; step n has n tenths of the final weight. */
    public static final int STEPS = 10;

    /**
     * Minimum time that a drained real server stays: a TCP handshake in progress does not count as
     * an active connection yet.
     */
    public static final Duration MIN_DRAIN = Duration.ofSeconds(2);

    /** Interval between two looks at the connections of draining real servers. */
    public static final Duration COUNT_INTERVAL = Duration.ofSeconds(2);

    private static final int MAX_WEIGHT = 65535;

    private final SortedMap<RealServerKey, Drain> drains;
    private final SortedMap<RealServerKey, Instant> starts;
    private final Optional<Target> before;

    private GracefulTransition(
            SortedMap<RealServerKey, Drain> drains,
            SortedMap<RealServerKey, Instant> starts,
            Optional<Target> before) {
        this.drains = Collections.unmodifiableSortedMap(drains);
        this.starts = Collections.unmodifiableSortedMap(starts);
        this.before = before;
    }

    /** Identifies a real server of a virtual server. */
    public record RealServerKey(Endpoint server, Endpoint real)
            implements Comparable<RealServerKey> {
        @Override
        public int compareTo(RealServerKey other) {
            int first = server.compareTo(other.server);
            return first != 0 ? first : real.compareTo(other.real);
        }
    }

    /**
     * A drain in progress.
     *
     * @param since start of the drain; no new connections from then on
     * @param deadline end of the drain, even with open connections
     */
    public record Drain(Instant since, Instant deadline) {}

    /**
     * One step of the transition.
     *
     * @param aim the state that the kernel should have now
     * @param next the drains and slow starts after this step
     * @param due latest time of the next step; empty if no drain or slow start remains
     */
    public record Step(KernelState aim, GracefulTransition next, Optional<Instant> due) {}

    /** Drains in progress. */
    public SortedMap<RealServerKey, Drain> drains() {
        return drains;
    }

    /** Slow starts in progress, each with its start time. */
    public SortedMap<RealServerKey, Instant> starts() {
        return starts;
    }

    /** Virtual servers whose connection counts the next step needs. */
    public SortedSet<Endpoint> watched(Instant now) {
        SortedSet<Endpoint> servers = new TreeSet<>();
        drains.forEach(
                (key, drain) -> {
                    if (!now.isBefore(drain.since().plus(MIN_DRAIN))) {
                        servers.add(key.server());
                    }
                });
        return servers;
    }

    /**
     * Computes the next step towards a target.
     *
     * @param observed Meridian's part of the kernel's state, now
     * @param statistics of now; a real server without an entry counts as having connections
     */
    public Step next(Target target, KernelState observed, Statistics statistics, Instant now) {
        return new StepBuilder(target, observed, statistics, now).build();
    }

    /** Builds one step. */
    private final class StepBuilder {
        private final Target target;
        private final KernelState observed;
        private final Statistics statistics;
        private final Instant now;
        private final SortedMap<RealServerKey, Drain> nextDrains = new TreeMap<>();
        private final SortedMap<RealServerKey, Instant> nextStarts = new TreeMap<>();
        private final IpvsTable.Builder table = new IpvsTable.Builder();
        private final SortedSet<IpAddress> routes;
        private Optional<Instant> due = Optional.empty();

        private StepBuilder(
                Target target, KernelState observed, Statistics statistics, Instant now) {
            this.target = target;
            this.observed = observed;
            this.statistics = statistics;
            this.now = now;
            this.routes = new TreeSet<>(target.state().routes());
        }

        private Step build() {
            for (IpvsTable.Entry wanted : target.state().table().entries()) {
                Optional<IpvsTable.Entry> present =
                        observed.table().get(wanted.server().endpoint());
                if (present.filter(wanted::isSame).isPresent() || isSteady(wanted, present)) {
                    table.put(wanted);
                    continue;
                }
                List<RealServer> reals = new ArrayList<>(wanted.realServers().size());
                int scale = scale(wanted);
                for (RealServer real : wanted.realServers()) {
                    reals.add(arriving(wanted, real, scale, present));
                }
                present.ifPresent(entry -> reals.addAll(leaving(entry, Optional.of(wanted))));
                table.put(wanted.server(), reals);
            }
            for (IpvsTable.Entry present : observed.table().entries()) {
                Endpoint server = present.server().endpoint();
                if (target.state().table().get(server).isEmpty()) {
                    orphan(present, server);
                }
            }
            return new Step(
                    new KernelState(table.build(), routes, target.state().link()),
                    new GracefulTransition(nextDrains, nextStarts, Optional.of(target)),
                    due);
        }

        /**
         * Whether no real server leaves and none starts slowly, as in most virtual servers of a
         * round.
         */
        private boolean isSteady(IpvsTable.Entry wanted, Optional<IpvsTable.Entry> present) {
            return !isSlow(wanted) && (present.isEmpty() || wanted.hasAllOf(present.get()));
        }

        private void orphan(IpvsTable.Entry present, Endpoint server) {
            List<RealServer> reals = leaving(present, Optional.empty());
            if (!reals.isEmpty()) {
                table.put(present.server(), reals);
                if (observed.routes().contains(server.address())) {
                    routes.add(server.address());
                }
            }
        }

        /** The real servers that the target lacks and that must stay for their connections. */
        private List<RealServer> leaving(
                IpvsTable.Entry present, Optional<IpvsTable.Entry> wanted) {
            Endpoint server = present.server().endpoint();
            List<RealServer> kept = new ArrayList<>();
            for (RealServer real : present.realServers()) {
                if (wanted.flatMap(entry -> entry.real(real.endpoint())).isPresent()) {
                    continue;
                }
                RealServerKey key = new RealServerKey(server, real.endpoint());
                Drain drain = drains.get(key);
                if (drain == null) {
                    drain = new Drain(now, now.plus(policy(server).drain()));
                }
                if (!isOver(key, real, drain)) {
                    kept.add(real.with(0));
                    nextDrains.put(key, drain);
                    dueAt(earlier(drain.deadline(), now.plus(COUNT_INTERVAL)));
                }
            }
            return kept;
        }

        private boolean isOver(RealServerKey key, RealServer real, Drain drain) {
            if (!now.isBefore(drain.deadline())) {
                return true;
            }
            return !real.serves()
                    && !now.isBefore(drain.since().plus(MIN_DRAIN))
                    && statistics
                            .of(key.server(), key.real())
                            .filter(counted -> isIdle(key, counted))
                            .isPresent();
        }

        private boolean isIdle(RealServerKey key, Statistics.Real real) {
            return real.active() == 0
                    && (key.server().protocol() == Protocol.TCP || real.inactive() == 0);
        }

        /**
         * The policy of a virtual server; of the previous target if this target lacks the virtual
         * server.
         */
        private TransitionPolicy policy(Endpoint server) {
            Target source =
                    before.filter(_ -> target.state().table().get(server).isEmpty()).orElse(target);
            return source.policy(server);
        }

        private RealServer arriving(
                IpvsTable.Entry wanted,
                RealServer real,
                int scale,
                Optional<IpvsTable.Entry> present) {
            int full = real.weight() * scale;
            RealServerKey key = new RealServerKey(wanted.server().endpoint(), real.endpoint());
            if (!isSlow(wanted) || !real.serves()) {
                return real.with(full);
            }
            Instant began = starts.get(key);
            if (began == null && startsSlowly(wanted, real, present)) {
                began = now;
            }
            if (began == null) {
                return real.with(full);
            }
            Duration whole = policy(key.server()).slowStart();
            long gap = Math.max(1, whole.toMillis() / (STEPS - 1));
            long step = 1 + Math.max(0, Duration.between(began, now).toMillis() / gap);
            if (step >= STEPS) {
                return real.with(full);
            }
            nextStarts.put(key, began);
            dueAt(began.plusMillis(step * gap));
            return real.with(Math.max(1, (int) ((long) full * step / STEPS)));
        }

        /**
         * Whether a real server is new to a virtual server that this writer programmed before and
         * in which another real server serves.
         */
        private boolean startsSlowly(
                IpvsTable.Entry wanted, RealServer real, Optional<IpvsTable.Entry> present) {
            Optional<IpvsTable.Entry> last =
                    before.flatMap(b -> b.state().table().get(wanted.server().endpoint()));
            if (present.isEmpty()
                    || last.isEmpty()
                    || last.get().real(real.endpoint()).isPresent()
                    || present.get().real(real.endpoint()).isPresent()) {
                return false;
            }
            return present.get().realServers().stream()
                    .filter(RealServer::serves)
                    .flatMap(serving -> wanted.real(serving.endpoint()).stream())
                    .anyMatch(RealServer::serves);
        }

        private boolean isSlow(IpvsTable.Entry wanted) {
            return !policy(wanted.server().endpoint()).slowStart().isZero()
                    && Scheduler.isWeighted(wanted.server().scheduler());
        }

        /**
         * Factor for all weights of a virtual server, which makes room for the steps of a slow
         * start.
         */
        private int scale(IpvsTable.Entry wanted) {
            if (!isSlow(wanted)) {
                return 1;
            }
            int largest =
                    wanted.realServers().stream().mapToInt(RealServer::weight).max().orElse(1);
            return Math.clamp(MAX_WEIGHT / Math.max(1, largest), 1, STEPS);
        }

        private void dueAt(Instant at) {
            due = Optional.of(due.map(other -> earlier(other, at)).orElse(at));
        }

        private static Instant earlier(Instant one, Instant other) {
            return one.isBefore(other) ? one : other;
        }
    }
}
