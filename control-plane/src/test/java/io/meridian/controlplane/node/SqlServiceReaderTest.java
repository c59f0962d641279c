package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;

import akka.pattern.AskTimeoutException;

import io.meridian.controlplane.admin.UnavailableException;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcTransientResourceException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

class SqlServiceReaderTest {
    static Stream<Throwable> outages() {
        return Stream.of(
                new R2dbcNonTransientResourceException("connection refused"),
                new R2dbcTransientResourceException("connection lost"),
                new TimeoutException("no connection in the pool"),
                new AskTimeoutException("the entity does not answer"),
                new ClosedChannelException());
    }

    @ParameterizedTest
    @MethodSource("outages")
    void aDatabaseOutageBecomesUnavailable(Throwable outage) {
        assertThat(SqlServiceReader.typed(outage)).isInstanceOf(UnavailableException.class);
        assertThat(SqlServiceReader.typed(new CompletionException(outage)))
                .isInstanceOf(UnavailableException.class)
                .hasCause(outage);
    }

    static Stream<Throwable> faults() {
        return Stream.of(
                new NullPointerException("ours"),
                new IllegalStateException("ours"),
                new R2dbcBadGrammarException("syntax error", "SELEC"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void anExceptionOfThisProgramIsNotWrapped(Throwable fault) {
        assertThat(SqlServiceReader.typed(new CompletionException(fault))).isSameAs(fault);
    }
}
