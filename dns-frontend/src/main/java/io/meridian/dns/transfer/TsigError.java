package io.meridian.dns.transfer;

/** What is wrong with a signature (RFC 8945 3). */
enum TsigError {
    NONE(0),
    BADSIG(16),
    BADKEY(17),
    BADTIME(18),
    BADTRUNC(22);

    private final int number;

    TsigError(int number) {
        this.number = number;
    }

    /** As in the IANA registry. */
    int number() {
        return number;
    }
}
