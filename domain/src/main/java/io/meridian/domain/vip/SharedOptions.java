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
 * The options of a VIP that several tasks are behind, each option for itself: who says nothing has
 * no say; of the services that say something the first by name is obeyed; of its own tasks, while a
 * deployment replaces them, those with the greatest value. So every node comes to the same, in
 * whatever order rows came.
 *
 * @param conflicts what other services ask for, one sentence an option; for people
 * @param refused what labels ask for and nobody gets, one sentence a label and service; for people
 */
record SharedOptions(VipOptions options, List<String> conflicts, List<String> refused) {
    private static final SharedOptions NONE =
            new SharedOptions(VipOptions.NONE, List.of(), List.of());

    static SharedOptions of(Collection<VipRow.Backend> rows) {
        if (askForNothing(rows)) {
            return NONE; // nearly all
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

    private static boolean askForNothing(Collection<VipRow.Backend> rows) {
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
        T obeyed = byService.firstEntry().getValue();
        List<String> others =
                byService.entrySet().stream()
                        .filter(entry -> !entry.getValue().equals(obeyed))
                        .map(entry -> entry.getKey() + " says " + text(entry.getValue()))
                        .toList();
        if (!others.isEmpty()) {
            conflicts.add(
                    name
                            + " is "
                            + text(obeyed)
                            + ", as "
                            + byService.firstKey()
                            + " says, the first by name; "
                            + String.join(", ", others));
        }
        return Optional.of(obeyed);
    }

    private static String text(Object value) {
        return value instanceof Duration time ? time.toSeconds() + " s" : value.toString();
    }
}
