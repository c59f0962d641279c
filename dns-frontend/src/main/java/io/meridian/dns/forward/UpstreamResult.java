package io.meridian.dns.forward;

import io.meridian.dns.wire.Response;
import io.meridian.dns.wire.ResponseCode;

import java.util.Optional;

/** The result of one exchange with an upstream server. */
sealed interface UpstreamResult {
    /** A complete answer with NOERROR or NXDOMAIN, which ends the race. */
    record Good(Response response) implements UpstreamResult {}

    /**
     * A failure.
     *
     * @param response goes to the client if no other server answers; empty if the server sent none
     */
    record Bad(Failure failure, Optional<Response> response) implements UpstreamResult {}

    /**
     * The question was not sent: no socket was left, or the race had ended. Does not count against
     * the server.
     */
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
