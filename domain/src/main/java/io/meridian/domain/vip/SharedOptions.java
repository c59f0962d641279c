package io.meridian.domain.vip;

import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.table.Owner;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Combines the options that several services request for one VIP, option by option. The
 * alphabetically first service that sets an option wins. Within that service the largest value
 * wins, while a deployment replaces its tasks. The result depends on the rows alone, so every node
 * computes the same.
 *
 * @param conflicts one sentence for each option on which services disagree, for the operator
 * @param refused one sentence for each label and service that has no effect, for the operator
 */
record SharedOptions(VipOptions options, List<String> conflicts, List<String> refused) {
    private static final SharedOptions NONE =
            new SharedOptions(VipOptions.NONE, List.of(), List.of());

    static SharedOptions of(Collection<VipRow.Backend> rows) {
        if (requestNothing(rows)) {
            return NONE; // the usual case
        }
        List<String> conflicts = new ArrayList<>();
        VipOptions options =
                new VipOptions(
                        one("scheduler", VipOptions::scheduler, rows, conflicts),
                        one("affinity", VipOptions::affinity, rows, conflicts),
                        one("drain", VipOptions::drain, rows, conflicts),
                        one("slow start", VipOptions::slowStart, rows, conflicts),
                        one("keep client address", VipOptions::keepsClientAddress, rows, conflicts),
                        Collections.emptySortedSet());
        return new SharedOptions(options, conflicts, refused(rows));
    }

    private static List<String> refused(Collection<VipRow.Backend> rows) {
        SortedMap<ServiceId, SortedSet<String>> byService = new TreeMap<>();
        for (VipRow.Backend row : rows) {
            if (!row.options().refused().isEmpty()) {
                byService
                        .computeIfAbsent(Owner.service(row.owner()), _ -> new TreeSet<>())
                        .addAll(row.options().refused());
            }
        }
        List<String> all = new ArrayList<>();
        byService.forEach(
                (service, sentences) ->
                        sentences.forEach(sentence -> all.add(service + ": " + sentence)));
        return all;
    }

    private static boolean requestNothing(Collection<VipRow.Backend> rows) {
        for (VipRow.Backend row : rows) {
            if (!row.options().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static <T extends Comparable<? super T>> Optional<T> one(
            String name,
            Function<VipOptions, Optional<T>> option,
            Collection<VipRow.Backend> rows,
            List<String> conflicts) {
        SortedMap<ServiceId, T> byService = new TreeMap<>();
        for (VipRow.Backend row : rows) {
            option.apply(row.options())
                    .ifPresent(
                            value ->
                                    byService.merge(
                                            Owner.service(row.owner()),
                                            value,
                                            (a, b) -> a.compareTo(b) >= 0 ? a : b));
        }
        if (byService.isEmpty()) {
            return Optional.empty();
        }
        T chosen = byService.firstEntry().getValue();
        List<String> others =
                byService.entrySet().stream()
                        .filter(entry -> !entry.getValue().equals(chosen))
                        .map(entry -> entry.getKey() + " says " + text(entry.getValue()))
                        .toList();
        if (!others.isEmpty()) {
            conflicts.add(
                    name
                            + " is "
                            + text(chosen)
                            + ", as "
                            + byService.firstKey()
                            + " says, the first by name; "
                            + String.join(", ", others));
        }
        return Optional.of(chosen);
    }

    private static String text(Object value) {
        return value instanceof Duration time ? time.toSeconds() + " s" : value.toString();
    }
}
