package io.meridian.dns.fuzz;

import io.meridian.dns.Oracle;
import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.server.Handlers;

import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * Fuzz target: any bytes as a query over UDP and TCP, from reader to writer, with an image that has
 * every type of record.
 *
 * <p>The fuzzer calls {@link #fuzzerTestOneInput}, which throws {@link AssertionError} for a wrong
 * reply.
 */
public final class PacketTarget {
    private static final int HEADER = 12;
    private static final int MIN_UDP = 512;
    private static final int QR = 0x80;
    private static final int OPCODE = 0x78;

    private static final Subject SUBJECT = new Subject();
    private static final String IMAGE = text(SUBJECT.image());
    private static long runs;

    private PacketTarget() {}

    public static void fuzzerTestOneInput(byte[] packet) {
        Optional<byte[]> udp = check(packet, false);
        Optional<byte[]> tcp = check(packet, true);
        if (udp.isPresent() && cut(udp.get())) {
            // TC only if the complete reply exceeds the limit.
            require(tcp.isPresent(), packet, "cut over UDP, but silent over TCP");
            require(
                    tcp.get().length > udp.get().length,
                    packet,
                    "cut, though nothing was too long");
        }
        if (++runs % 10_000 == 0) {
            checkImage();
        }
    }

    /** Asserts that no answer has changed the image. */
    static void checkImage() {
        if (!text(SUBJECT.image()).equals(IMAGE)) {
            throw new AssertionError("a query has changed the image");
        }
    }

    private static boolean cut(byte[] reply) {
        return (reply[2] & 2) != 0;
    }

    private static Optional<byte[]> check(byte[] packet, boolean tcp) {
        byte[] before = packet.clone();
        Optional<byte[]> reply = tcp ? SUBJECT.ask(packet, true) : SUBJECT.askOverUdp(packet);
        Optional<byte[]> again = SUBJECT.ask(packet, tcp);
        require(Arrays.equals(before, packet), packet, "the query's bytes were changed");
        require(SUBJECT.faults() == 0, packet, "an error of our own was answered with SERVFAIL");
        require(reply.isPresent() == again.isPresent(), packet, "silent once, and once not");
        if (reply.isPresent()) {
            Message parsed = checkReply(packet, reply.get(), tcp);
            Message second = checkReply(packet, again.get(), tcp);
            require(parsed.getRcode() == second.getRcode(), packet, "two RCODEs for one query");
            if (!cut(reply.get())) {
                require(sets(parsed).equals(sets(second)), packet, "two answers to one query");
            }
        }
        return reply;
    }

    private static Message checkReply(byte[] packet, byte[] reply, boolean tcp) {
        require(packet.length >= HEADER, packet, "a reply to less than a header");
        require((packet[2] & QR) == 0, packet, "a reply to a reply");
        require(reply.length >= HEADER, packet, "a reply shorter than a header");
        require(reply[0] == packet[0] && reply[1] == packet[1], packet, "another id");
        require((reply[2] & QR) != 0, packet, "QR is not set");
        require((reply[2] & OPCODE) == (packet[2] & OPCODE), packet, "another opcode");
        Message parsed = Oracle.parse(reply);
        require(parsed.numBytes() == reply.length, packet, "bytes behind the last record");
        int questions = (reply[4] & 0xff) << 8 | reply[5] & 0xff;
        require(questions <= 1, packet, "more than one question");
        if (questions == 1) {
            int end = HEADER + parsed.getQuestion().getName().length() + 4;
            require(
                    end <= packet.length && Arrays.equals(packet, HEADER, end, reply, HEADER, end),
                    packet,
                    "another question");
        }
        checkSize(packet, reply, parsed, tcp);
        return parsed;
    }

    private static void checkSize(byte[] packet, byte[] reply, Message parsed, boolean tcp) {
        if (tcp) {
            require(!cut(reply), packet, "TC over TCP");
            return;
        }
        OPTRecord ours = parsed.getOPT();
        int limit = ours == null ? MIN_UDP : Handlers.UDP_SIZE;
        require(reply.length <= limit, packet, "longer than " + limit + ": " + reply.length);
        if (ours != null) {
            int theirs = Math.max(MIN_UDP, announced(packet));
            require(
                    reply.length <= theirs,
                    packet,
                    "longer than the client takes, " + theirs + ": " + reply.length);
        }
    }

    /** UDP size of the query's OPT; no limit for a query that dnsjava cannot read. */
    private static int announced(byte[] packet) {
        try {
            OPTRecord opt = new Message(packet).getOPT();
            return opt == null ? Integer.MAX_VALUE : opt.getPayloadSize();
        } catch (IOException e) {
            return Integer.MAX_VALUE;
        }
    }

    /** Records by section, sorted; without OPT, because its cookie has the time. */
    private static Set<String> sets(Message reply) {
        Set<String> records = new HashSet<>();
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
            for (Record record : reply.getSection(section)) {
                if (record.getType() != Type.OPT && record.getType() != Type.TSIG) {
                    records.add(section + " " + record);
                }
            }
        }
        records.add("AA " + reply.getHeader().getFlag(Flags.AA));
        return records;
    }

    private static String text(DnsImage image) {
        StringBuilder text = new StringBuilder();
        for (String name : Subject.NAMES) {
            for (int type : Subject.TYPES) {
                text.append(Oracle.text(Oracle.ask(image, Oracle.question(name, type), 65535)));
            }
        }
        return text.toString();
    }

    private static void require(boolean rule, byte[] packet, String what) {
        if (!rule) {
            throw new AssertionError(what + "; query: " + HexFormat.of().formatHex(packet));
        }
    }
}
