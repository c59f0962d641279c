package io.meridian.dns.transfer;

import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.answer.Zone;
import io.meridian.domain.table.Change;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A changing zone table; some records have two owners. */
public final class Churn {
    /** Owner names that rows have. */
    public static final List<String> NAMES =
            List.of(
                    "mesos",
                    "a.mesos",
                    "b.a.mesos",
                    "web.marathon.mesos",
                    "_web._tcp.marathon.mesos",
                    "c.mesos",
                    "p.mesos",
                    "t.mesos");

    private static final List<String> OWNERS = List.of("/x", "/y");

    private final Random random;
    private ZoneImage image = ZoneImage.EMPTY;
    private long revision;

    /**
     * @param revision revision before the first step
     */
    public Churn(long seed, long revision) {
        this.random = new Random(seed);
        this.revision = revision;
    }

    /**
     * One step of the table.
     *
     * @param image image after the step
     */
    public record Step(List<Change<ZoneRow>> changes, ZoneImage image, long revision) {
        Zone from(Zone before) {
            return before.update(changes, image, revision);
        }
    }

    /** Replaces up to {@code most} rows, and advances by up to three revisions. */
    public Step next(int most) {
        List<Change<ZoneRow>> changes = new ArrayList<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            ZoneRow row = row();
            Change<ZoneRow> change = new Change<>(!image.contains(row), row);
            image = image.apply(List.of(change));
            changes.add(change);
        }
        revision += 1 + random.nextInt(3);
        return new Step(changes, image, revision);
    }

    /** A row of zone mesos, or one of another zone in the same table. */
    private ZoneRow row() {
        String owner = pick(OWNERS);
        String name = pick(NAMES);
        int n = random.nextInt(4);
        if (random.nextInt(10) == 0) {
            return new ZoneRow("other", "a.other", RecordType.A, "10.9.9." + n, owner);
        }
        RecordType type =
                switch (name) {
                    case "c.mesos" -> RecordType.CNAME;
                    case "p.mesos" -> RecordType.PTR;
                    case "t.mesos" -> RecordType.TXT;
                    case "_web._tcp.marathon.mesos" -> RecordType.SRV;
                    default -> random.nextInt(3) == 0 ? RecordType.AAAA : RecordType.A;
                };
        String data =
                switch (type) {
                    case A -> "10.0.0." + n;
                    case AAAA -> "2001:db8::" + n;
                    case SRV -> "0 1 " + (31000 + n) + " web.marathon.mesos.";
                    case CNAME -> "web.marathon.mesos.";
                    case PTR -> "task-" + n + ".marathon.mesos.";
                    case TXT -> "\"task " + n + "\"";
                };
        return new ZoneRow("mesos", name, type, data, owner);
    }

    private String pick(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }

    static DnsImage image(Zone zone) {
        return new DnsImage(List.of(zone));
    }
}
