package io.meridian.dns.transfer;

import io.meridian.dns.wire.ResponseCode;
import io.meridian.dns.wire.RrSet;

/** The reply to a request for a transfer. */
public sealed interface TransferReply {
    record Refusal(ResponseCode code) implements TransferReply {}

    /** One message with the SOA: the client is up to date, or must ask over TCP (RFC 1995 2). */
    record Current(RrSet soa) implements TransferReply {}

    /** The zone, or its changes since the client's version. */
    record Messages(MessageStream stream) implements TransferReply {}
}
