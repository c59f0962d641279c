package io.meridian.dns;

import io.meridian.dns.forward.ForwardStatus;
import io.meridian.dns.wire.ResponseCode;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * Status of the DNS server; counts are since its start.
 *
 * @param zoneRevision revision of the zone table; {@link #NO_REVISION} before the first image
 * @param vipRevision revision of the VIP table; {@link #NO_REVISION} before the first image
 * @param names number of names with records, by zone origin
 * @param listening listening addresses with their actual ports
 * @param udpQueries datagrams received, with any content
 * @param tcpQueries messages received over TCP
 * @param answers replies from our own zones by RCODE, without forwarded replies
 * @param truncated replies with TC set
 * @param partial replies over TCP that hold only a part of the records, because one message has at
 *     most 65,535 bytes
 * @param malformed messages without a well-formed question, or with another opcode than QUERY
 * @param dropped messages that get no reply, and replies that the kernel refused
 * @param forwarded queries for names outside our zones, without refused ones
 * @param forwardFailures forwarded queries that got SERVFAIL, because no upstream server answered
 *     or too many queries were pending
 * @param forward counters of the forwarder
 * @param tcpConnections TCP connections that are open now
 * @param tcpRefused TCP connections closed on arrival: their client had too many, or all places
 *     were taken and none was idle
 * @param tcpEvicted idle TCP connections closed in favour of new ones
 * @param rateSlipped UDP answers above the rate limit that were sent with TC, or unchanged if they
 *     were errors
 * @param rateDropped UDP answers above the rate limit that were not sent
 * @param unreadableRecords records in updates that no zone can serve, because their data does not
 *     match the type or no query can spell their name
 * @param faults exceptions of our own code while answering; above 0 is a bug
 */
public record DnsStatus(
        long zoneRevision,
        long vipRevision,
        Map<String, Integer> names,
        List<InetSocketAddress> listening,
        long udpQueries,
        long tcpQueries,
        Map<ResponseCode, Long> answers,
        long truncated,
        long partial,
        long malformed,
        long dropped,
        long forwarded,
        long forwardFailures,
        ForwardStatus forward,
        int tcpConnections,
        long tcpRefused,
        long tcpEvicted,
        long rateSlipped,
        long rateDropped,
        long unreadableRecords,
        long faults) {
    public static final long NO_REVISION = -1;

    public DnsStatus {
        listening = List.copyOf(listening);
    }

    /** Whether both tables have had an image. */
    public boolean complete() {
        return zoneRevision != NO_REVISION && vipRevision != NO_REVISION;
    }
}
