package io.meridian.dns.transfer;

/** Error codes of signatures (RFC 8945 3). */
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

    /** Number in the IANA registry. */
    int number() {
        return number;
    }
}
