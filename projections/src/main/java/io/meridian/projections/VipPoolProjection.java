package io.meridian.projections;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.vip.VipPoolEvent;
import io.meridian.domain.vip.VipRow;
import io.r2dbc.spi.Connection;

import reactor.core.publisher.Mono;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Projects allocations and releases of the VIP pool to address rows of the VIP table. */
final class VipPoolProjection {
    private final TableWriter<VipRow> vip;

    VipPoolProjection(ProjectionSettings settings) {
        this.vip = new TableWriter<>(SqlTable.VIP, settings);
    }

    /**
     * The change of one name.
     *
     * @param added rows that the name gets
     * @param released whether the name loses the rows that it had before
     */
    private record OfName(Set<VipRow> added, boolean released) {
        static final OfName NONE = new OfName(Set.of(), false);

        OfName with(VipPoolEvent.Allocation allocation) {
            Set<VipRow> rows = new LinkedHashSet<>(added);
            for (IpAddress address : allocation.addresses()) {
                rows.add(new VipRow.Address(allocation.name(), address));
            }
            return new OfName(rows, released);
        }
    }

    /**
     * Like {@link ServiceTablesProjection#apply}. A repeated event changes nothing, because its
     * rows exist.
     */
    Mono<Void> apply(Connection connection, List<SequencedEvent<VipPoolEvent>> events) {
        Map<String, Long> progress = new TreeMap<>();
        SortedMap<String, OfName> changes = new TreeMap<>(); // by name, which owns its rows
        for (SequencedEvent<VipPoolEvent> entry : events) {
            progress.merge(entry.entity(), entry.sequenceNr(), Math::max);
            switch (entry.event()) {
                case VipPoolEvent.Reserved reserved ->
                        reserved.allocations()
                                .forEach(
                                        one ->
                                                changes.put(
                                                        one.name(),
                                                        changes.getOrDefault(
                                                                        one.name(), OfName.NONE)
                                                                .with(one)));
                case VipPoolEvent.Released released ->
                        released.names()
                                .forEach(name -> changes.put(name, new OfName(Set.of(), true)));
            }
        }
        return lock(connection, progress)
                .then(Mono.defer(() -> vip.present(connection, changes.keySet())))
                .flatMap(present -> vip.write(connection, edits(present, changes)))
                .then();
    }

    private List<TableWriter.Edit> edits(
            Map<String, String> present, SortedMap<String, OfName> changes) {
        List<TableWriter.Edit> edits = new ArrayList<>();
        changes.forEach(
                (name, change) -> {
                    Set<VipRow> rows = new LinkedHashSet<>(change.added());
                    if (!change.released()) {
                        rows.addAll(vip.table().text().rows(name, present.getOrDefault(name, "")));
                    }
                    vip.edit(name, present, rows).ifPresent(edits::add);
                });
        return edits;
    }

    /** Stores progress; the row locks make a second writer wait until this one has committed. */
    private static Mono<Void> lock(Connection connection, Map<String, Long> progress) {
        String sql =
                """
                INSERT INTO vip_pool AS p (pool, seq_nr)
                SELECT * FROM unnest($1::text[], $2::bigint[])
                ON CONFLICT (pool) DO UPDATE SET seq_nr = greatest(excluded.seq_nr, p.seq_nr)
                """;
        return TableWriter.execute(
                connection
                        .createStatement(sql)
                        .bind("$1", SqlTable.texts(progress.keySet()))
                        .bind("$2", progress.values().toArray(Long[]::new)));
    }
}
