package io.meridian.dns.forward;

import io.meridian.dns.wire.Response;
import io.meridian.dns.wire.ResponseCode;

import java.util.Optional;

/** What came of asking one server. */
sealed interface UpstreamResult {
    /** An answer that ends the race: the name is there, or surely is not. */
    record Good(Response response) implements UpstreamResult {}

    /**
     * @param response what it said; passed on if nobody does better
     */
    record Bad(Failure failure, Optional<Response> response) implements UpstreamResult {}

    /** We could not ask: no socket, or the race was over. Says nothing about the server. */
    record NotSent() implements UpstreamResult {}

    static UpstreamResult of(Response response, boolean recursionDesired) {
        if (response.isTruncated()) {
            return new Bad(Failure.TRUNCATED, Optional.of(response));
        }
        Optional<Failure> failure = failure(response, recursionDesired);
        return failure.isPresent()
                ? new Bad(failure.get(), Optional.of(response))
                : new Good(response);
    }

    private static Optional<Failure> failure(Response response, boolean recursionDesired) {
        int code = response.code();
        if (code == ResponseCode.NOERROR.number()) {
            boolean lame =
                    recursionDesired && response.isReferral() && !response.isRecursionAvailable();
            return lame ? Optional.of(Failure.REFERRAL) : Optional.empty();
        }
        return code == ResponseCode.NXDOMAIN.number()
                ? Optional.empty()
                : Optional.of(failure(code));
    }

    static Failure failure(int code) {
        if (code == ResponseCode.SERVFAIL.number()) {
            return Failure.SERVFAIL;
        }
        return code == ResponseCode.REFUSED.number() ? Failure.REFUSED : Failure.OTHER_RCODE;
    }
}
