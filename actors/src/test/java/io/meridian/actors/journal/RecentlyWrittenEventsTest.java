package io.meridian.actors.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.service.ServiceId;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

class RecentlyWrittenEventsTest {
    private static final String NAME = "service.removed.1";
    private static final ServiceEventBatch REMOVED =
            new ServiceEventBatch(
                    List.of(new ServiceEvent.ServiceRemoved(ServiceId.parse("marathon:/x"), "r")));

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE); // overflows
    private final RecentlyWrittenEvents written = new RecentlyWrittenEvents(10, now::get);

    @Test
    void aWrittenEventIsReturnedOnce() {
        written.put(NAME, bytes(1), REMOVED);

        assertThat(written.take(NAME, bytes(1))).containsSame(REMOVED);
        assertThat(written.take(NAME, bytes(1))).isEmpty();
    }

    @Test
    void otherBytesOrAnotherNameAreAnotherEvent() {
        written.put(NAME, bytes(1), REMOVED);

        assertThat(written.take(NAME, bytes(2))).isEmpty();
        assertThat(written.take("service.removed.2", bytes(1))).isEmpty();
    }

    @Test
    void theOldestEventsAreEvictedWhenTheCacheIsFull() {
        written.put(NAME, bytes(1), REMOVED);
        written.put(NAME, bytes(2), REMOVED);
        written.put(NAME, bytes(1), REMOVED); // now the newer one
        written.put(NAME, bytes(3), REMOVED);

        assertThat(written.take(NAME, bytes(2))).isEmpty();
        assertThat(written.take(NAME, bytes(1))).isPresent();
        assertThat(written.take(NAME, bytes(3))).isPresent();
    }

    @Test
    void aTakenEventFreesItsSpace() {
        written.put(NAME, bytes(1), REMOVED);
        written.take(NAME, bytes(1));
        written.put(NAME, bytes(2), REMOVED);
        written.put(NAME, bytes(3), REMOVED);

        assertThat(written.take(NAME, bytes(2))).isPresent();
    }

    @Test
    void anEventAboveTheLimitIsNotCached() {
        written.put(NAME, new byte[11], REMOVED);

        assertThat(written.take(NAME, new byte[11])).isEmpty();
    }

    @Test
    void cachedEventsExpire() {
        written.put(NAME, bytes(1), REMOVED);
        now.addAndGet(Duration.ofMinutes(3).toNanos());
        written.put(NAME, bytes(2), REMOVED);

        assertThat(written.take(NAME, bytes(1))).isEmpty();
        assertThat(written.take(NAME, bytes(2))).isPresent();
    }

    @Test
    void theSerializerUsesTheCacheOnceAndThenDecodes() throws Exception {
        EventSerializer serializer = new EventSerializer();
        byte[] bytes = serializer.toBinary(REMOVED);

        assertThat(serializer.fromBinary(bytes, serializer.manifest(REMOVED))).isSameAs(REMOVED);
        assertThat(serializer.fromBinary(bytes, serializer.manifest(REMOVED)))
                .isEqualTo(REMOVED)
                .isNotSameAs(REMOVED);
    }

    private static byte[] bytes(int value) {
        return new byte[] {1, 2, 3, 4, (byte) value};
    }
}
