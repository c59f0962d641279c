package io.meridian.dns.transfer;

import io.meridian.dns.wire.ResponseCode;
import io.meridian.dns.wire.RrSet;

/** What a request for a transfer gets. */
public sealed interface TransferReply {
    record Refusal(ResponseCode code) implements TransferReply {}

    /** One message with the SOA: the client has it all, or shall ask over TCP (RFC 1995 2). */
    record Current(RrSet soa) implements TransferReply {}

    /** The zone, or what has changed in it. */
    record Messages(MessageStream stream) implements TransferReply {}
}
