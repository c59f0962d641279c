package io.meridian.dns.server;

import io.meridian.dns.limit.RateLimiter;
import io.meridian.dns.limit.RateLimiter.Kind;
import io.meridian.dns.limit.RateLimiter.Verdict;
import io.meridian.dns.server.Counters.Event;
import io.meridian.dns.wire.Answer;

import java.net.InetSocketAddress;
import java.util.function.LongSupplier;

/** Asks the rate limiter about an answer, and counts what it holds back. Any thread may. */
public final class AnswerLimits {
    private final RateLimiter limiter;
    private final LongSupplier clock;
    private final Counters counters;

    /**
     * @param clock ns, the one that the limiter was made with
     */
    public AnswerLimits(RateLimiter limiter, LongSupplier clock, Counters counters) {
        this.limiter = limiter;
        this.clock = clock;
        this.counters = counters;
    }

    boolean areOn() {
        return !limiter.isOff();
    }

    /** What becomes of an answer over UDP. */
    Verdict judge(Answer answer, InetSocketAddress client) {
        if (limiter.isOff()) {
            return Verdict.SEND;
        }
        byte[] address = client.getAddress().getAddress();
        Verdict verdict =
                limiter.judge(
                        kind(answer),
                        RateLimiter.high(address),
                        RateLimiter.low(address),
                        clock.getAsLong());
        switch (verdict) {
            case SEND -> {}
            case TRUNCATE -> counters.count(Event.RATE_SLIPPED);
            case DROP -> counters.count(Event.RATE_DROPPED);
        }
        return verdict;
    }

    private static Kind kind(Answer answer) {
        return switch (answer.code()) {
            case NOERROR -> answer.answers().isEmpty() ? Kind.NEGATIVE : Kind.POSITIVE;
            case NXDOMAIN -> Kind.NEGATIVE;
            default -> Kind.ERROR;
        };
    }
}
