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

/** Projects allocations of the VIP pool to address rows of the VIP table; never removes a row. */
final class VipPoolProjection {
    private final TableWriter<VipRow> vip;

    VipPoolProjection(ProjectionSettings settings) {
        this.vip = new TableWriter<>(SqlTable.VIP, settings);
    }

    /**
     * Like {@link ServiceTablesProjection#apply}. A repeated event changes nothing, because its
     * rows exist.
     */
    Mono<Void> apply(Connection connection, List<SequencedEvent<VipPoolEvent>> events) {
        Map<String, Long> progress = new TreeMap<>();
        SortedMap<String, Set<VipRow>> allocated = new TreeMap<>();
        for (SequencedEvent<VipPoolEvent> entry : events) {
            progress.merge(entry.entity(), entry.sequenceNr(), Math::max);
            switch (entry.event()) {
                case VipPoolEvent.Reserved reserved ->
                        reserved.allocations().forEach(one -> addRows(one, allocated));
            }
        }
        return lock(connection, progress)
                .then(Mono.defer(() -> vip.present(connection, allocated.keySet())))
                .flatMap(present -> vip.write(connection, edits(present, allocated)))
                .then();
    }

    /** Adds an address row for each address of a named VIP; a literal VIP has no addresses here. */
    private static void addRows(
            VipPoolEvent.Allocation allocation, SortedMap<String, Set<VipRow>> rows) {
        for (IpAddress address : allocation.addresses()) {
            VipRow row = new VipRow.Address(allocation.name(), address);
            rows.computeIfAbsent(row.owner(), _ -> new LinkedHashSet<>()).add(row);
        }
    }

    private List<TableWriter.Edit> edits(
            Map<String, String> present, SortedMap<String, Set<VipRow>> allocated) {
        List<TableWriter.Edit> edits = new ArrayList<>();
        allocated.forEach(
                (owner, rows) ->
                        vip.edit(owner, present, with(owner, present, rows)).ifPresent(edits::add));
        return edits;
    }

    private Set<VipRow> with(String owner, Map<String, String> present, Set<VipRow> allocated) {
        Set<VipRow> rows =
                new LinkedHashSet<>(
                        vip.table().text().rows(owner, present.getOrDefault(owner, "")));
        rows.addAll(allocated);
        return rows;
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
