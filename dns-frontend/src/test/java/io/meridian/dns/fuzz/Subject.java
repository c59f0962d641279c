package io.meridian.dns.fuzz;

import io.meridian.dns.Zones;
import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.server.Counters;
import io.meridian.dns.server.Handlers;
import io.meridian.dns.server.Outcome;
import io.meridian.dns.server.Peer;
import io.meridian.dns.server.QueryHandler;
import io.meridian.dns.server.Request;
import io.meridian.dns.wire.MessageWriter;

import org.xbill.DNS.Type;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A query handler whose image has every type of record, and sets too large for UDP. */
final class Subject {
    static final List<String> NAMES =
            List.of(
                    "mesos",
                    "a.mesos",
                    "six.mesos",
                    "both.mesos",
                    "_srv._tcp.mesos",
                    "alias.mesos",
                    "ptr.mesos",
                    "txt.mesos",
                    "big.mesos",
                    "_big._tcp.mesos",
                    "deep.er.than.that.mesos",
                    "er.than.that.mesos",
                    "none.mesos",
                    "ns1.mesos",
                    "web.marathon.l4lb.thisdcos.directory",
                    "l4lb.thisdcos.directory",
                    "example.org");

    static final int[] TYPES = {
        Type.A, Type.NS, Type.CNAME, Type.SOA, Type.PTR, Type.TXT, Type.AAAA, Type.SRV, Type.ANY
    };

    private static final String RECORDS =
            """
            a.mesos A 10.0.0.1
            six.mesos AAAA 2001:db8::1
            both.mesos A 10.0.0.2
            both.mesos A 10.0.0.3
            both.mesos AAAA 2001:db8::2
            _srv._tcp.mesos SRV 0 1 80 a.mesos
            _srv._tcp.mesos SRV 0 1 81 both.mesos
            alias.mesos CNAME both.mesos
            ptr.mesos PTR a.mesos
            txt.mesos TXT "task \\"1\\""
            deep.er.than.that.mesos A 10.0.0.4
            """;

    private final DnsImage image;
    private final QueryHandler handler;
    private final MessageWriter writer;
    private final Counters counters = new Counters();
    private final Function<byte[], Optional<byte[]>> udp;

    Subject() {
        String many =
                IntStream.range(0, 200)
                        .mapToObj(
                                i ->
                                        "big.mesos A 10.1.0."
                                                + i
                                                + "\nt-"
                                                + i
                                                + ".big.mesos A 10.2.0."
                                                + i
                                                + "\n_big._tcp.mesos SRV 0 1 "
                                                + (1000 + i)
                                                + " t-"
                                                + i
                                                + ".big.mesos")
                        .collect(Collectors.joining("\n"));
        this.image = Zones.image(RECORDS + many, "web.marathon 11.0.0.1 10.0.0.1");
        this.handler = Handlers.of(image, Handlers.ANY_RATE, () -> 0, counters);
        this.udp = Handlers.udp(handler, counters);
        this.writer = handler.writer();
    }

    DnsImage image() {
        return image;
    }

    long faults() {
        return counters.of(Counters.Event.FAULTS);
    }

    /** The reply of a UDP thread; empty for no reply. */
    Optional<byte[]> askOverUdp(byte[] packet) {
        return udp.apply(packet);
    }

    /** The reply of the slow path; empty for no reply. */
    Optional<byte[]> ask(byte[] packet, boolean tcp) {
        return switch (handler.handle(
                new Request(packet, packet.length, new Peer(Handlers.CLIENT, tcp)), writer)) {
            case Outcome.Reply reply -> Optional.of(Arrays.copyOf(writer.buffer(), reply.length()));
            case Outcome.Silence _ -> Optional.empty();
            case Outcome.Forward work ->
                    throw new AssertionError("nothing is forwarded here: " + work);
            case Outcome.Stream stream ->
                    throw new AssertionError("transfer in spite of empty rules: " + stream);
        };
    }
}
