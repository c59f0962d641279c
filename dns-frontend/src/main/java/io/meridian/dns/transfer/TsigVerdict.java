package io.meridian.dns.transfer;

/** What a request's signature, or the lack of one, means. */
public sealed interface TsigVerdict {
    /** The request carries none. */
    record Unsigned() implements TsigVerdict {}

    /** Its place or form is wrong: FORMERR. */
    record Malformed() implements TsigVerdict {}

    /** It doesn't hold: NOTAUTH, with this signature. */
    record Refused(TsigSigner signer) implements TsigVerdict {}

    /** The key's owner sent it; every reply is to be signed so. */
    record Valid(TsigKey key, TsigSigner signer) implements TsigVerdict {}
}
