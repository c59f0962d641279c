package io.meridian.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.projections.ServiceBatch.Applied;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

class ServiceBatchLawTest {
    private static ServiceEvent event(Random random) {
        String path = "/s" + random.nextInt(3);
        String task = "t." + random.nextInt(4);
        Instance one = Examples.instance(task, "192.0.2." + random.nextInt(1, 4), 31000);
        return switch (random.nextInt(5)) {
            case 0 -> Examples.started(path, one);
            case 1 -> Examples.changed(path, Examples.killing(one));
            case 2 -> Examples.ended(path, task);
            case 3 -> new ServiceEvent.ServiceRemoved(Examples.service(path), "deleted");
            default -> Examples.defined(path);
        };
    }

    static List<SequencedEvent<ServiceEventBatch>> events(Random random, int count) {
        Map<ServiceId, Long> numbers = new HashMap<>();
        List<SequencedEvent<ServiceEventBatch>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServiceEvent event = event(random);
            all.add(Examples.entry(numbers.merge(event.service(), 1L, Long::sum), event));
        }
        return all;
    }

    /** Combined effect of consecutive batches. */
    private record Outcome(
            Map<ServiceId, Applied> services, Map<ServiceBatch.Key, Optional<Instance>> instances) {
        static Outcome of(List<List<SequencedEvent<ServiceEventBatch>>> batches) {
            Outcome outcome = new Outcome(new HashMap<>(), new HashMap<>());
            for (List<SequencedEvent<ServiceEventBatch>> events : batches) {
                ServiceBatch batch = ServiceBatch.of(events, outcome.services);
                batch.services()
                        .forEach(
                                (id, state) ->
                                        outcome.services.put(
                                                id,
                                                new Applied(state.sequenceNr(), state.removed())));
                outcome.instances.putAll(batch.instances());
            }
            return outcome;
        }
    }

    @Property
    void batchSizesAndRepetitionsDoNotChangeTheResult(
            @ForAll long seed,
            @ForAll @IntRange(max = 60) int count,
            @ForAll @IntRange(min = 1, max = 10) int size) {
        Random random = new Random(seed);
        List<SequencedEvent<ServiceEventBatch>> events = events(random, count);
        List<List<SequencedEvent<ServiceEventBatch>>> batches = new ArrayList<>();
        for (int from = 0; from < events.size(); from += size) {
            batches.add(
                    events.subList(
                            Math.max(0, from - random.nextInt(4)),
                            Math.min(events.size(), from + size)));
        }
        assertThat(Outcome.of(batches)).isEqualTo(Outcome.of(List.of(events)));
    }

    /** Events of one entry have the effect of the same events in entries of their own. */
    @Property
    void eventsInOneEntryHaveTheEffectOfSeparateEntries(
            @ForAll long seed, @ForAll @IntRange(max = 60) int count) {
        Random random = new Random(seed);
        List<SequencedEvent<ServiceEventBatch>> single = events(random, count);
        Map<ServiceId, List<SequencedEvent<ServiceEventBatch>>> byService = new TreeMap<>();
        single.forEach(
                one ->
                        byService
                                .computeIfAbsent(one.event().service(), _ -> new ArrayList<>())
                                .add(one));
        List<SequencedEvent<ServiceEventBatch>> batched = new ArrayList<>();
        byService
                .values()
                .forEach(
                        own -> {
                            for (int from = 0; from < own.size(); ) {
                                int to = Math.min(own.size(), from + 1 + random.nextInt(5));
                                List<ServiceEvent> events =
                                        own.subList(from, to).stream()
                                                .flatMap(one -> one.event().events().stream())
                                                .toList();
                                batched.add(
                                        Examples.entry(
                                                own.get(to - 1).sequenceNr(),
                                                events.toArray(ServiceEvent[]::new)));
                                from = to;
                            }
                        });

        assertThat(ServiceBatch.of(batched, Map.of())).isEqualTo(ServiceBatch.of(single, Map.of()));
    }

    @Property
    void theDiffIsExactAndEmptyForEqualRows(
            @ForAll @Size(max = 12) List<@IntRange(max = 9) Integer> present,
            @ForAll @Size(max = 12) List<@IntRange(max = 9) Integer> desired) {
        List<ZoneRow> before = present.stream().map(ServiceBatchLawTest::row).toList();
        List<ZoneRow> after = desired.stream().map(ServiceBatchLawTest::row).toList();
        List<Change<ZoneRow>> changes = TableDiff.of(before, after);
        assertThat(image(before).apply(changes)).isEqualTo(image(after));
        assertThat(changes)
                .allMatch(change -> before.contains(change.row()) != change.added())
                .doesNotHaveDuplicates();
        assertThat(TableDiff.of(after, after)).isEmpty();
    }

    private static ZoneRow row(int number) {
        return new ZoneRow(
                "mesos", "n" + number + ".mesos", RecordType.A, "192.0.2." + number, "o");
    }

    private static ZoneImage image(List<ZoneRow> rows) {
        return ZoneImage.EMPTY.apply(rows.stream().map(Change::add).toList());
    }
}
