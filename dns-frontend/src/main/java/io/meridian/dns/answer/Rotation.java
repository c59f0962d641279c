package io.meridian.dns.answer;

import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.RrSet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The order of records within an answer's RRsets: another one for each reply, so that clients that
 * take the first record, or what a cut reply holds, spread evenly. Works on a copy; the image's own
 * lists stay as they are.
 */
public final class Rotation {
    private Rotation() {}

    /** The answer itself if there is nothing to reorder. */
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
     * Each RRset turned so that another record comes first: the one at {@code id} modulo their
     * number. The image holds records sorted, so a client that counts its ids up sees each in turn.
     *
     * @param id of the message, 0..65535
     */
    public static Answer turned(Answer answer, int id) {
        List<RrSet> sets = new ArrayList<>(answer.answers().size());
        for (RrSet set : answer.answers()) {
            int by = id % set.data().size();
            List<Rdata> turned = new ArrayList<>(set.data());
            Collections.rotate(turned, -by);
            sets.add(by == 0 ? set : new RrSet(set.owner(), set.ttl(), turned));
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
     * Which of the records from {@code index} on comes at {@code index}; the last one is not drawn.
     */
    static int partner(int index, int count, RandomGenerator random) {
        return index == count - 1 ? index : index + random.nextInt(count - index);
    }
}
