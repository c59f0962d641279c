package io.meridian.dns.answer;

import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.RrSet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Orders the records within an answer's RRsets, differently for each reply. Clients that take the
 * first record, or the records of a truncated reply, then spread evenly. Works on a copy.
 */
public final class Rotation {
    private Rotation() {}

    /** The answer in random order; the same object if no RRset has two records. */
    public static Answer shuffled(Answer answer, RandomGenerator random) {
        if (answer.answers().stream().allMatch(set -> set.data().size() == 1)) {
            return answer;
        }
        List<RrSet> sets = new ArrayList<>(answer.answers().size());
        for (RrSet set : answer.answers()) {
            sets.add(
                    set.data().size() == 1
                            ? set
                            : new RrSet(set.owner(), set.ttl(), shuffled(set.data(), random)));
        }
        return answer.withAnswers(sets);
    }

    /**
     * The answer with each RRset rotated so that the record at {@code id} modulo their number is
     * first. The image holds records sorted, so a client whose ids count up gets each record first
     * in turn.
     *
     * @param id of the message, 0..65535
     */
    public static Answer rotated(Answer answer, int id) {
        List<RrSet> sets = new ArrayList<>(answer.answers().size());
        for (RrSet set : answer.answers()) {
            int by = id % set.data().size();
            List<Rdata> rotated = new ArrayList<>(set.data());
            Collections.rotate(rotated, -by);
            sets.add(by == 0 ? set : new RrSet(set.owner(), set.ttl(), rotated));
        }
        return answer.withAnswers(sets);
    }

    private static List<Rdata> shuffled(List<Rdata> data, RandomGenerator random) {
        Rdata[] copy = data.toArray(Rdata[]::new);
        for (int i = 0; i < copy.length - 1; i++) {
            int j = partner(i, copy.length, random);
            Rdata held = copy[i];
            copy[i] = copy[j];
            copy[j] = held;
        }
        return List.of(copy);
    }

    /**
     * Index of the record to swap to {@code index}, for a Fisher-Yates shuffle. The last record
     * needs no draw.
     */
    static int partner(int index, int count, RandomGenerator random) {
        return index == count - 1 ? index : index + random.nextInt(count - index);
    }
}
