package io.meridian.dns.server;

import io.meridian.dns.limit.RateLimiter;
import io.meridian.dns.limit.RateLimiter.Kind;
import io.meridian.dns.limit.RateLimiter.Verdict;
import io.meridian.dns.server.Counters.Event;
import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.Response;
import io.meridian.dns.wire.ResponseCode;

import java.net.InetSocketAddress;
import java.util.function.LongSupplier;

/** Asks the rate limiter about an answer and counts its refusals. Any thread may call it. */
public final class AnswerLimits {
    private final RateLimiter limiter;
    private final LongSupplier clock;
    private final Counters counters;

    /**
     * @param clock nanoseconds of the clock that the limiter was made with
     */
    public AnswerLimits(RateLimiter limiter, LongSupplier clock, Counters counters) {
        this.limiter = limiter;
        this.clock = clock;
        this.counters = counters;
    }

    boolean areOn() {
        return !limiter.isOff();
    }

    /** Decides on an answer over UDP, and counts one that is not sent in full. */
    Verdict judge(Kind kind, InetSocketAddress client) {
        if (limiter.isOff()) {
            return Verdict.SEND;
        }
        byte[] address = client.getAddress().getAddress();
        return judge(kind, RateLimiter.high(address), RateLimiter.low(address));
    }

    /**
     * Decides on an answer without an object for the address. Allocates nothing.
     *
     * @param high upper half of the client's address, see {@link RateLimiter}
     * @param low lower half of the client's address, see {@link RateLimiter}
     */
    Verdict judge(Kind kind, long high, long low) {
        Verdict verdict = limiter.judge(kind, high, low, clock.getAsLong());
        switch (verdict) {
            case SEND -> {}
            case TRUNCATE -> counters.count(Event.RATE_SLIPPED);
            case DROP -> counters.count(Event.RATE_DROPPED);
        }
        return verdict;
    }

    static Kind kind(Answer answer) {
        return switch (answer.code()) {
            case NOERROR -> answer.answers().isEmpty() ? Kind.NEGATIVE : Kind.POSITIVE;
            case NXDOMAIN -> Kind.NEGATIVE;
            default -> Kind.ERROR;
        };
    }

    static Kind kind(Response response) {
        if (response.isNegative()) {
            return Kind.NEGATIVE;
        }
        return response.code() == ResponseCode.NOERROR.number() ? Kind.POSITIVE : Kind.ERROR;
    }
}
