package io.meridian.ipvs;

import io.meridian.ipvs.IpvsOperation.AddVirtualServer;
import io.meridian.ipvs.IpvsOperation.UpdateVirtualServer;
import io.meridian.libc.Errno;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Selects another scheduler for a virtual server if the kernel lacks the requested one, so that the
 * VIP serves nevertheless. A scheduler is marked missing when the kernel refuses it with ENOENT.
 * After {@link #RETRY_AFTER} one virtual server tries it again.
 *
 * @param missing schedulers that the kernel lacks, each with the time of its last refusal
 */
public record SchedulerFallback(SortedMap<String, Instant> missing) {
    public static final SchedulerFallback NONE =
            new SchedulerFallback(Collections.emptySortedMap());

    /** Delay until a missing scheduler is tried again: an operator may have loaded the module. */
    public static final Duration RETRY_AFTER = Duration.ofMinutes(10);

    public SchedulerFallback {
        missing = Collections.unmodifiableSortedMap(new TreeMap<>(missing));
    }

    /** Replaces the schedulers that are marked missing. */
    public KernelState apply(KernelState wanted, Instant now) {
        if (missing.isEmpty()) {
            return wanted;
        }
        Set<String> asked = new HashSet<>();
        IpvsTable.Builder table = new IpvsTable.Builder();
        for (IpvsTable.Entry entry : wanted.table().entries()) {
            String scheduler = entry.server().scheduler();
            boolean asks =
                    missing.containsKey(scheduler)
                            && !now.isBefore(missing.get(scheduler).plus(RETRY_AFTER))
                            && asked.add(scheduler);
            table.put(
                    asks
                            ? entry
                            : new IpvsTable.Entry(
                                    entry.server().with(fallbackFor(scheduler)),
                                    entry.realServers()));
        }
        return new KernelState(table.build(), wanted.routes(), wanted.link());
    }

    /** The scheduler to use; the requested one unless it is marked missing. */
    public String fallbackFor(String scheduler) {
        if (!missing.containsKey(scheduler)) {
            return scheduler;
        }
        return Scheduler.fallbacks(scheduler).stream()
                .filter(each -> !missing.containsKey(each))
                .findFirst()
                .orElse(scheduler);
    }

    /** Updates the marks from the outcomes of a plan. */
    public SchedulerFallback observe(Collection<? extends Outcome> outcomes, Instant now) {
        if (missing.isEmpty() && outcomes.stream().allMatch(Outcome.Done.class::isInstance)) {
            return this; // the usual case
        }
        SortedMap<String, Instant> next = new TreeMap<>(missing);
        for (Outcome outcome : outcomes) {
            scheduler(outcome.operation())
                    .ifPresent(
                            scheduler -> {
                                if (outcome instanceof Outcome.Done) {
                                    next.remove(scheduler);
                                } else if (outcome instanceof Outcome.Refused refused
                                        && refused.refusal().errno() == Errno.ENOENT) {
                                    next.put(scheduler, now);
                                }
                            });
        }
        return new SchedulerFallback(next);
    }

    private static Optional<String> scheduler(Operation operation) {
        return switch (operation) {
            case AddVirtualServer add -> Optional.of(add.server().scheduler());
            case UpdateVirtualServer update -> Optional.of(update.server().scheduler());
            default -> Optional.empty();
        };
    }
}
