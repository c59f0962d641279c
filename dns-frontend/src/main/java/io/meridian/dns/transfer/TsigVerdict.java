package io.meridian.dns.transfer;

/** The verdict on a request's signature. */
public sealed interface TsigVerdict {
    /** The request has no signature. */
    record Unsigned() implements TsigVerdict {}

    /** The record is misplaced or malformed; the reply is FORMERR. */
    record Malformed() implements TsigVerdict {}

    /** The signature is not valid; the reply is NOTAUTH with this signer's record. */
    record Refused(TsigSigner signer) implements TsigVerdict {}

    /** The signature is valid; the signer signs every reply. */
    record Valid(TsigKey key, TsigSigner signer) implements TsigVerdict {}
}
