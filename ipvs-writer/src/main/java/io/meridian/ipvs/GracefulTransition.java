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
 * What is under way between real servers that leave and those that come; immutable.
 *
 * <p>Who leaves is <em>drained</em>: it gets weight 0, so that it takes no new connections, and
 * stays until it has none left or its deadline is over. With the last one the virtual server and
 * its route stay too, and clients are refused at once. Whoever comes back gets its weight back at
 * once. A real server in the kernel that nobody asks for is drained whoever left it there, so a
 * restarted writer takes drains up again, with a new deadline.
 *
 * <p>Who comes where others serve already may <em>start slowly</em>: its weight grows in {@link
 * #STEPS} steps. Who fills an empty virtual server, was there before, or comes with the first
 * target of a run starts at once.
 *
 * <p>Laws: {@code GracefulTransitionLawTest}.
 */
public final class GracefulTransition {
    /** Nothing is under way and nothing is known. */
    public static final GracefulTransition NONE =
            new GracefulTransition(new TreeMap<>(), new TreeMap<>(), Optional.empty());

    /** Weights of a slow start: 1, 2 .. {@code STEPS} times a tenth of the final one. */
    public static final int STEPS = 10;

    /**
     * For so long at least a real server keeps its weight of 0: a connection that was just being
     * opened is not counted as active yet.
     */
    public static final Duration SETTLE = Duration.ofSeconds(2);

    /** How often connections of real servers that are drained are counted. */
    public static final Duration LOOK = Duration.ofSeconds(2);

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

    /** A real server behind a virtual one. */
    public record RealServerKey(Endpoint server, Endpoint real)
            implements Comparable<RealServerKey> {
        @Override
        public int compareTo(RealServerKey other) {
            int first = server.compareTo(other.server);
            return first != 0 ? first : real.compareTo(other.real);
        }
    }

    /** From when on it takes no new connections, and until when it may keep those it has. */
    public record Drain(Instant since, Instant deadline) {}

    /**
     * One step of the way.
     *
     * @param aim what the kernel should hold now
     * @param next what is under way then
     * @param due when to take the next step, whatever happens; empty if nothing is under way
     */
    public record Step(KernelState aim, GracefulTransition next, Optional<Instant> due) {}

    /** Drains that are under way. */
    public SortedMap<RealServerKey, Drain> drains() {
        return drains;
    }

    /** Slow starts that are under way, with their beginnings. */
    public SortedMap<RealServerKey, Instant> starts() {
        return starts;
    }

    /** Virtual servers whose connections decide about the next step. */
    public SortedSet<Endpoint> watched(Instant now) {
        SortedSet<Endpoint> servers = new TreeSet<>();
        drains.forEach(
                (key, drain) -> {
                    if (!now.isBefore(drain.since().plus(SETTLE))) {
                        servers.add(key.server());
                    }
                });
        return servers;
    }

    /**
     * The next step towards a target.
     *
     * @param observed what of the kernel's state is ours, now
     * @param statistics of now; a real server that is missing there is taken to have connections
     */
    public Step next(Target target, KernelState observed, Statistics statistics, Instant now) {
        return new StepBuilder(target, observed, statistics, now).take();
    }

    /** One step being taken. */
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

        private Step take() {
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
                    reals.add(coming(wanted, real, scale, present));
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

        /** Nobody leaves, and nobody comes slowly: all but a few virtual servers of any round. */
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

        /** Those of a virtual server that nobody asks for and that must not go yet. */
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
                    dueAt(earlier(drain.deadline(), now.plus(LOOK)));
                }
            }
            return kept;
        }

        private boolean isOver(RealServerKey key, RealServer real, Drain drain) {
            if (!now.isBefore(drain.deadline())) {
                return true;
            }
            return !real.serves()
                    && !now.isBefore(drain.since().plus(SETTLE))
                    && statistics
                            .of(key.server(), key.real())
                            .filter(counted -> isIdle(key, counted))
                            .isPresent();
        }

        private boolean isIdle(RealServerKey key, Statistics.Real real) {
            return real.active() == 0
                    && (key.server().protocol() == Protocol.TCP || real.inactive() == 0);
        }

        /** Of a virtual server that has just left the target, the pace that it had there. */
        private TransitionPolicy policy(Endpoint server) {
            Target telling =
                    before.filter(_ -> target.state().table().get(server).isEmpty()).orElse(target);
            return telling.policy(server);
        }

        private RealServer coming(
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
         * New to a virtual server that we have programmed before and where another one takes the
         * connections.
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

        /** What all weights of a virtual server are multiplied by, to make room for steps. */
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
