package io.meridian.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.R2dbcTimeoutException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.NotSerializableException;
import java.time.DateTimeException;
import java.util.List;
import java.util.concurrent.TimeoutException;

class EventFailureTest {
    @ParameterizedTest
    @ValueSource(strings = {"22021", "22P05", "22001", "23502", "23514", "54000"})
    void aValueThatTheDatabaseRefusesIsTheEventsFault(String sqlState) {
        assertThat(EventFailure.isOfAnEvent(new R2dbcBadGrammarException("no", sqlState))).isTrue();
        assertThat(
                        EventFailure.isOfAnEvent(
                                new R2dbcDataIntegrityViolationException("no", sqlState)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08006", "25006", "28P01", "3D000", "40001", "40P01", "42P01", "53100", "53300",
                "55P03", "57P01", "57P03", "58030", "XX000"
            })
    void aFailureOfTheDatabaseIsNotTheEventsFault(String sqlState) {
        assertThat(EventFailure.isOfAnEvent(new R2dbcBadGrammarException("no", sqlState)))
                .isFalse();
        assertThat(EventFailure.isOfAnEvent(new R2dbcRollbackException("no", sqlState))).isFalse();
    }

    @Test
    void aFailureOfTheConnectionIsNotTheEventsFault() {
        assertThat(
                        List.of(
                                new R2dbcNonTransientResourceException("closed"),
                                new R2dbcTimeoutException("pool"),
                                new IOException("reset"),
                                new TimeoutException(),
                                new IllegalStateException("table zone changed meanwhile")))
                .noneMatch(EventFailure::isOfAnEvent);
    }

    @Test
    void anUnreadableEntryAndADefectOfTheRulesAreTheEventsFault() {
        assertThat(
                        List.of(
                                new NotSerializableException("service.events.9"),
                                new IllegalArgumentException("port 0"),
                                new NullPointerException(),
                                new DateTimeException("year 1000000000"),
                                new UnsupportedOperationException(),
                                new MatchException("no case", null)))
                .allMatch(EventFailure::isOfAnEvent)
                .allMatch(failure -> EventFailure.isOfAnEvent(new BatchFailed(List.of(), failure)));
    }

    @Test
    void theStoredTextHasNoNul() {
        assertThat(EventFailure.text(new IllegalArgumentException("a\0b"))).doesNotContain("\0");
    }
}
