package io.meridian.bench;

import com.sun.management.ThreadMXBean;

import io.meridian.dns.answer.Zone;
import io.meridian.dns.answer.ZoneProfile;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures the memory of a zone's image, and the time and garbage of adding and removing one task.
 */
public final class ImageCost {
    private static final int CHANGES = 4000;

    private ImageCost() {}

    /**
     * @param args numbers of owner names, one measurement each
     */
    public static void main(String[] args) {
        System.out.println(
                "| names | records | bytes a record, answers | bytes a record, table | change,"
                        + " answers | change, table |");
        System.out.println("| --- | --- | --- | --- | --- | --- |");
        measure(1000); // warm-up: classes and compiled code do not count
        for (String names : args) {
            System.out.println(measure(Integer.parseInt(names)));
        }
    }

    private static String measure(int names) {
        List<Change<ZoneRow>> rows = BenchZone.added(BenchZone.rows(names));
        // Enough images to make the noise of the heap's own objects negligible.
        int copies = Math.max(1, 100_000 / names);
        List<ZoneImage> images = new ArrayList<>();
        List<Zone> zones = new ArrayList<>();
        long before = used();
        for (int i = 0; i < copies; i++) {
            images.add(ZoneImage.EMPTY.apply(rows));
        }
        long table = (used() - before) / copies;
        for (ZoneImage image : images) {
            zones.add(
                    Zone.awaited(ZoneProfile.mesos("mesos", 60, List.of())).update(rows, image, 1));
        }
        long answers = (used() - before) / copies - table;
        ZoneImage image = images.getFirst();
        Zone zone = zones.getFirst();
        Cost forTable = new Cost();
        Cost forAnswers = new Cost();
        for (int i = 0; i < CHANGES; i++) {
            List<ZoneRow> task = BenchZone.task("app-" + i / 2 % 200, 2_000_000 + i / 2);
            List<Change<ZoneRow>> changes = new ArrayList<>();
            for (ZoneRow row : task) {
                changes.add(i % 2 == 0 ? Change.add(row) : Change.remove(row));
            }
            forTable.start();
            image = image.apply(changes);
            forTable.end();
            forAnswers.start();
            zone = zone.update(changes, image, i + 2);
            forAnswers.end();
        }
        if (zone.names() != image.names()) {
            throw new IllegalStateException(zone.names() + " names instead of " + image.names());
        }
        return "| %d | %d | %d | %d | %s | %s |"
                .formatted(
                        zone.names(),
                        rows.size(),
                        answers / rows.size(),
                        table / rows.size(),
                        forAnswers,
                        forTable);
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /**
     * Measures time and garbage of one kind of step; only the second half counts, after
     * compilation.
     */
    private static final class Cost {
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final long[] nanos = new long[CHANGES];
        private final long[] bytes = new long[CHANGES];
        private int count;
        private long time;
        private long allocated;

        void start() {
            allocated = threads.getCurrentThreadAllocatedBytes();
            time = System.nanoTime();
        }

        void end() {
            nanos[count] = System.nanoTime() - time;
            bytes[count++] = threads.getCurrentThreadAllocatedBytes() - allocated;
        }

        private static long median(long[] values) {
            long[] half = Arrays.copyOfRange(values, CHANGES / 2, CHANGES);
            Arrays.sort(half);
            return half[half.length / 2];
        }

        @Override
        public String toString() {
            return "%.1f µs, %.1f kB".formatted(median(nanos) / 1e3, median(bytes) / 1e3);
        }
    }
}
