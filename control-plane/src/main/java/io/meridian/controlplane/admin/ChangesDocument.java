package io.meridian.controlplane.admin;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Owner;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneRow;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** One commit of a table in {@code GET /api/events}. */
record ChangesDocument(long revision, List<?> changes) {
    private record ZoneChange(
            String op, String zone, String name, String type, String data, String owner) {
        static ZoneChange of(Change<ZoneRow> change) {
            ZoneRow row = change.row();
            return new ZoneChange(
                    operation(change),
                    row.zone(),
                    row.name() + ".",
                    row.type().name(),
                    row.data(),
                    row.owner());
        }
    }

    /** Either an address of a VIP name, or a backend of a VIP. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record VipChange(
            String op,
            @Nullable String name,
            @Nullable String address,
            @Nullable String vip,
            @Nullable String backend,
            @Nullable String state,
            @Nullable Integer weight,
            @Nullable String task) {
        static VipChange of(Change<VipRow> change) {
            return switch (change.row()) {
                case VipRow.Address row ->
                        new VipChange(
                                operation(change),
                                row.name(),
                                row.address().toString(),
                                null,
                                null,
                                null,
                                null,
                                null);
                case VipRow.Backend row ->
                        new VipChange(
                                operation(change),
                                null,
                                null,
                                row.vip().toString(),
                                row.endpoint().toString(),
                                row.state().label(),
                                row.weight(),
                                Owner.task(row.owner()).value());
            };
        }
    }

    static ChangesDocument zone(long revision, List<Change<ZoneRow>> changes) {
        return new ChangesDocument(revision, changes.stream().map(ZoneChange::of).toList());
    }

    static ChangesDocument vip(long revision, List<Change<VipRow>> changes) {
        return new ChangesDocument(revision, changes.stream().map(VipChange::of).toList());
    }

    private static String operation(Change<?> change) {
        return change.added() ? "add" : "remove";
    }
}
