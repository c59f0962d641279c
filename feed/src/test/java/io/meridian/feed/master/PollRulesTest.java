package io.meridian.feed.master;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollRulesTest {
    private static final long REVISION = 7;

    @ParameterizedTest(name = "loaded={0} away={1} after={2} snapshot={3} waits={4}: {5}")
    @CsvSource({
        "false, false, -1, true,  false, NO_IMAGE",
        "false, false, -1, true,  true,  HOLD",
        "false, true,   9, false, false, NO_IMAGE",
        "true,  false, -1, true,  false, SNAPSHOT",
        "true,  false,  6, false, false, NEWER",
        "true,  false,  7, false, false, HOLD",
        "true,  false,  8, false, false, HOLD",
        "true,  false,  8, true,  false, SNAPSHOT",
        "true,  true,   6, false, false, NEWER",
        "true,  true,   7, false, false, HOLD",
        "true,  true,   7, true,  false, SNAPSHOT",
        "true,  true,   8, false, false, DATABASE_AWAY",
        "true,  true,   8, true,  false, DATABASE_AWAY",
    })
    void aPollIsAnsweredAtOnceOrHeld(
            boolean loaded,
            boolean away,
            long after,
            boolean snapshot,
            boolean waits,
            PollRules.Answer expected) {
        PollRules.State state = new PollRules.State(loaded, loaded ? REVISION : -1, away);
        assertThat(PollRules.onArrival(after, snapshot, waits, state)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "loaded={0} away={1} after={2}: {3}")
    @CsvSource({
        "false, false, -1, NO_IMAGE",
        "true,  false,  7, UNCHANGED",
        "true,  false,  8, UNCHANGED",
        "true,  true,   7, UNCHANGED",
        "true,  true,   8, DATABASE_AWAY",
    })
    void aHeldPollIsAnsweredAtItsTimeout(
            boolean loaded, boolean away, long after, PollRules.Answer expected) {
        PollRules.State state = new PollRules.State(loaded, loaded ? REVISION : -1, away);
        assertThat(PollRules.onTimeout(after, state)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "frame={0} after={1} snapshot={2}: {3}")
    @CsvSource({
        "5, -1, true,  true",
        "5,  5, true,  true",
        "5,  6, true,  false",
        "7,  9, true,  true",
        "6,  9, false, false",
        "7,  9, false, true",
        "5,  5, false, false",
        "6,  5, false, true",
    })
    void aSnapshotIsSentIfItIsNewerThanTheNodesImage(
            long frame, long after, boolean snapshot, boolean expected) {
        assertThat(PollRules.brings(frame, after, snapshot, REVISION)).isEqualTo(expected);
    }
}
