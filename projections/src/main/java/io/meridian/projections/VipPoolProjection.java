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

/** Allocations of the VIP pool to address rows of the VIP table. Rows only ever come. */
final class VipPoolProjection {
    private final TableWriter<VipRow> vip;

    VipPoolProjection(ProjectionSettings settings) {
        this.vip = new TableWriter<>(SqlTable.VIP, settings);
    }

    /**
     * As {@link ServiceTablesProjection#apply}; a repeated event changes nothing, its row being
     * there.
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

    /** Literals give no rows: their backends' rows name the address themselves. */
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

    /** Notes how far we are, and so makes a second writer wait until this one has committed. */
    private static Mono<Void> lock(Connection connection, Map<String, Long> progress) {
        return TableWriter.execute(
                connection
                        .createStatement(
                                "INSERT INTO vip_pool AS p (pool, seq_nr) SELECT * FROM"
                                    + " unnest($1::text[], $2::bigint[]) ON CONFLICT (pool) DO"
                                    + " UPDATE SET seq_nr = greatest(excluded.seq_nr, p.seq_nr)")
                        .bind("$1", SqlTable.texts(progress.keySet()))
                        .bind("$2", progress.values().toArray(Long[]::new)));
    }
}
