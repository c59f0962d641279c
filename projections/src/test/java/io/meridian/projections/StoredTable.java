package io.meridian.projections;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.master.TableStore;
import io.meridian.feed.text.RowText;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Reads a table of the database as a master does, and decodes its rows. */
record StoredTable<R extends Row>(TableStore store, RowText<R> text) {
    record Whole<R extends Row>(long revision, List<R> rows) {}

    record Step<R extends Row>(long revision, List<Change<R>> changes) {}

    static StoredTable<ZoneRow> zone(TableStores stores) {
        return new StoredTable<>(stores.zone(), RowText.ZONE);
    }

    static StoredTable<VipRow> vip(TableStores stores) {
        return new StoredTable<>(stores.vip(), RowText.VIP);
    }

    CompletionStage<Whole<R>> readAll() {
        List<R> rows = new ArrayList<>();
        return store.readAll((owner, lines) -> text.addRows(owner, lines, rows))
                .thenApply(revision -> new Whole<>(revision, List.copyOf(rows)));
    }

    CompletionStage<List<Step<R>>> readAfter(long revision, int limit) {
        return store.readAfter(revision, limit)
                .thenApply(steps -> steps.stream().map(this::step).toList());
    }

    private Step<R> step(TableStore.Step step) {
        return new Step<>(step.revision(), text.changes(step.changes()));
    }
}
