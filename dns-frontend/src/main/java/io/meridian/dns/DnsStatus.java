package io.meridian.dns;

import io.meridian.dns.forward.ForwardStatus;
import io.meridian.dns.wire.ResponseCode;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * What the front end shows and has done; counts since the start.
 *
 * @param zoneRevision of the zone table; {@link #NO_REVISION} before the first image
 * @param vipRevision of the VIP table; the same
 * @param names names with records, by zone origin
 * @param listening where UDP and TCP are served, with the ports that were picked
 * @param udpQueries datagrams that came in, whatever they held
 * @param tcpQueries TCP messages that came in
 * @param answers replies of our own by RCODE; forwarded replies are not among them
 * @param truncated of those, with TC set
 * @param malformed messages without a readable question, or with an opcode other than QUERY
 * @param dropped messages that deserved no reply, and replies that the kernel would not send
 * @param forwarded queries for names outside our zones that were not refused
 * @param forwardFailures of those, answered SERVFAIL because no server answered or there was no
 *     place for one more
 * @param forward what was made of the others
 * @param tcpConnections TCP connections that are open now
 * @param tcpRefused TCP connections closed as they came: their client had too many, or there were
 *     too many and none was idle
 * @param tcpEvicted idle TCP connections closed to make room for a new one
 * @param rateSlipped UDP answers over the rate limit that went out cut, or as they were if errors
 * @param rateDropped UDP answers over the rate limit that did not go out
 * @param unreadableRecords records seen in updates whose data is not what their type needs; they
 *     are left out
 * @param faults errors of our own while answering; above 0 is a bug
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

    /** Whether both zones have an image. */
    public boolean complete() {
        return zoneRevision != NO_REVISION && vipRevision != NO_REVISION;
    }
}
