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
        List<VipRow> allocated = new ArrayList<>();
        for (SequencedEvent<VipPoolEvent> entry : events) {
            progress.merge(entry.entity(), entry.sequenceNr(), Math::max);
            switch (entry.event()) {
                case VipPoolEvent.Reserved reserved ->
                        reserved.allocations().forEach(one -> addRows(one, allocated));
            }
        }
        return lock(connection, progress)
                .then(Mono.defer(() -> vip.present(connection, List.of(""))))
                .flatMap(
                        present ->
                                vip.write(
                                        connection,
                                        vip.edit("", present, with(present, allocated)).stream()
                                                .toList()))
                .then();
    }

    /** Adds an address row for each address of a named VIP; a literal VIP has no addresses here. */
    private static void addRows(VipPoolEvent.Allocation allocation, List<VipRow> rows) {
        for (IpAddress address : allocation.addresses()) {
            rows.add(new VipRow.Address(allocation.name(), address));
        }
    }

    private Set<VipRow> with(Map<String, String> present, List<VipRow> allocated) {
        Set<VipRow> rows =
                new LinkedHashSet<>(vip.table().text().rows("", present.getOrDefault("", "")));
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
