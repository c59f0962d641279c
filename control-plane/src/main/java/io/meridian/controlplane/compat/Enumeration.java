package io.meridian.controlplane.compat;

import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.table.Owner;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.sources.marathon.TaskName;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The records of each task (specs: mesos-dns 3). A record that several tasks have is listed under
 * the first of them only.
 *
 * @param frameworks tasks by the raw name of their framework
 */
record Enumeration(SortedMap<String, List<Task>> frameworks) {
    private static final Comparator<Holder> ORDER =
            Comparator.comparing(Holder::service).thenComparing(Holder::task);

    /**
     * One task that has records.
     *
     * @param name the task's name in Mesos
     * @param records sorted by type, name and data; without those of an earlier task
     */
    record Task(String name, String id, List<ZoneRecord> records) {}

    private record Holder(ServiceId service, TaskId task) {}

    /**
     * @param rows sorted, so that the rows of one record are adjacent; types other than A, AAAA and
     *     SRV, and rows without a task, are ignored
     */
    static Enumeration of(Stream<ZoneRow> rows) {
        Map<String, Optional<Holder>> holders = new HashMap<>();
        SortedMap<Holder, List<ZoneRecord>> records = new TreeMap<>(ORDER);
        Optional<Holder> first = Optional.empty();
        ZoneRecord before = null;
        for (ZoneRow row : (Iterable<ZoneRow>) rows.filter(Enumeration::isListed)::iterator) {
            Optional<Holder> holder = holders.computeIfAbsent(row.owner(), Enumeration::holder);
            if (holder.isEmpty()) {
                continue;
            }
            records.computeIfAbsent(holder.get(), _ -> new ArrayList<>());
            ZoneRecord record = new ZoneRecord(row.name(), row.type(), row.data());
            if (!record.equals(before)) {
                add(records, first, before);
                first = holder;
                before = record;
            } else if (ORDER.compare(holder.get(), first.orElseThrow()) < 0) {
                first = holder;
            }
        }
        add(records, first, before);
        return new Enumeration(frameworks(records));
    }

    private static void add(
            SortedMap<Holder, List<ZoneRecord>> records, Optional<Holder> holder, ZoneRecord one) {
        holder.ifPresent(known -> records.get(known).add(one));
    }

    private static SortedMap<String, List<Task>> frameworks(
            SortedMap<Holder, List<ZoneRecord>> records) {
        SortedMap<String, List<Task>> frameworks = new TreeMap<>();
        records.forEach(
                (holder, own) -> {
                    own.sort(Comparator.comparing(ZoneRecord::type).thenComparing(r -> r));
                    frameworks
                            .computeIfAbsent(
                                    holder.service().frameworkName(), _ -> new ArrayList<>())
                            .add(new Task(name(holder), holder.task().value(), own));
                });
        return frameworks;
    }

    private static boolean isListed(ZoneRow row) {
        return switch (row.type()) {
            case A, AAAA, SRV -> true;
            case CNAME, PTR, TXT -> false;
        };
    }

    private static Optional<Holder> holder(String owner) {
        try {
            return Optional.of(new Holder(Owner.service(owner), Owner.task(owner)));
        } catch (IllegalArgumentException noTask) {
            return Optional.empty();
        }
    }

    /**
     * The task's name in Mesos. Marathon names a pod's tasks after their containers, an app's tasks
     * after the app's discovery name.
     */
    private static String name(Holder holder) {
        String container =
                holder.service().path().startsWith("/")
                        ? TaskName.of(holder.task().value()).container()
                        : "";
        return container.isEmpty() ? holder.service().discoveryName() : container;
    }
}
