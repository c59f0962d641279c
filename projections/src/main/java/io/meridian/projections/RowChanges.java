package io.meridian.projections;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.table.Owner;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.NamingRules;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.projections.ServiceBatch.Key;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Edits of both tables that follow from a batch's instances. */
record RowChanges(OfTable zone, OfTable vip) {
    private static final Logger LOG = LoggerFactory.getLogger(RowChanges.class);

    /** Number of instances from which rows are made in parallel. */
    private static final int MANY = 500;

    /** Stored rows of each table as text, by owner. */
    record Present(Map<String, String> zone, Map<String, String> vip) {}

    /**
     * @param edits in the order of their instances
     * @param touched services that have an edit
     */
    record OfTable(List<TableWriter.Edit> edits, Set<ServiceId> touched) {
        private static OfTable of(
                List<OfInstance> all, Function<OfInstance, Optional<TableWriter.Edit>> table) {
            List<TableWriter.Edit> edits = new ArrayList<>();
            Set<ServiceId> touched = new HashSet<>();
            for (OfInstance one : all) {
                Optional<TableWriter.Edit> edit = table.apply(one);
                if (edit.isPresent()) {
                    edits.add(edit.get());
                    touched.add(one.service);
                }
            }
            return new OfTable(edits, touched);
        }

        /** Number of rows added and removed. */
        int size() {
            return edits.stream().mapToInt(TableWriter.Edit::size).sum();
        }
    }

    private record OfInstance(
            ServiceId service, Optional<TableWriter.Edit> zone, Optional<TableWriter.Edit> vip) {}

    /**
     * Edits that give each instance the rows that the rules make for it. If the rules throw for an
     * instance, its rows stay as they are and the error is logged.
     *
     * @param instances last state; empty for an instance that has ended
     */
    static RowChanges of(
            SortedMap<Key, Optional<Instance>> instances,
            Present present,
            NamingRules rules,
            TableWriter<ZoneRow> zone,
            TableWriter<VipRow> vip) {
        Stream<Map.Entry<Key, Optional<Instance>>> each =
                List.copyOf(instances.entrySet()).stream();
        List<OfInstance> all =
                (instances.size() < MANY ? each : each.parallel())
                        .map(
                                entry -> {
                                    Key key = entry.getKey();
                                    Optional<Instance> now = entry.getValue();
                                    String owner = Owner.of(key.service(), key.task());
                                    return new OfInstance(
                                            key.service(),
                                            edit(
                                                    zone,
                                                    owner,
                                                    present.zone(),
                                                    now,
                                                    one -> rules.rows(key.service(), one)),
                                            edit(
                                                    vip,
                                                    owner,
                                                    present.vip(),
                                                    now,
                                                    one -> backends(key.service(), one, rules)));
                                })
                        .toList();
        return new RowChanges(OfTable.of(all, OfInstance::zone), OfTable.of(all, OfInstance::vip));
    }

    private static List<VipRow> backends(ServiceId service, Instance instance, NamingRules rules) {
        return List.copyOf(rules.vips().rows(service, instance));
    }

    private static <R extends Row> Optional<TableWriter.Edit> edit(
            TableWriter<R> table,
            String owner,
            Map<String, String> present,
            Optional<Instance> instance,
            Function<Instance, List<R>> rules) {
        try {
            return table.edit(owner, present, instance.map(rules).orElse(List.of()));
        } catch (RuntimeException e) {
            LOG.error(
                    "cannot make rows: owner={} instance={}; its rows stay as they are",
                    owner,
                    instance,
                    e);
            return Optional.empty();
        }
    }
}
