package io.meridian.feed.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.Delta;
import io.meridian.feed.Provenance;
import io.meridian.feed.TableType;

import java.util.ArrayList;
import java.util.List;

/** Records images and asserts that published changes are exact deltas between them. */
public final class RecordingPublisher<R extends Row, I extends Image<R, I>>
        implements Publisher<R, I> {
    private final TableType<R, I> type;
    private final List<Provenance> calls = new ArrayList<>();
    private final List<Throwable> broken = new ArrayList<>();
    private I obeyed;
    private int failures;

    public RecordingPublisher(TableType<R, I> type) {
        this.type = type;
        this.obeyed = type.empty();
    }

    @Override
    public String name() {
        return "recording";
    }

    @Override
    public synchronized void onUpdate(List<Change<R>> changes, I image, Provenance provenance) {
        if (failures > 0) {
            failures--;
            throw new IllegalStateException("told to fail");
        }
        try {
            assertThat(changes).isEqualTo(Delta.between(type, obeyed, image));
        } catch (AssertionError e) {
            broken.add(e);
        }
        obeyed = obeyed.apply(changes);
        calls.add(provenance);
    }

    public synchronized void failNext(int times) {
        failures = times;
    }

    public synchronized I obeyed() {
        return obeyed;
    }

    public synchronized List<Provenance> calls() {
        return List.copyOf(calls);
    }

    public synchronized long revision() {
        return calls.isEmpty() ? Provenance.NO_REVISION : calls.getLast().revision();
    }

    public synchronized void assertExact() {
        assertThat(broken).isEmpty();
    }
}
