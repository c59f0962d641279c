package io.meridian.dns;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Rcode;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.HexFormat;

/**
 * Packets that were sent to a Mesos-DNS byte by byte (specs: mesos-dns 1.9), and Meridian's
 * replies: flags as in the recording, then the four counts. A comment behind a packet says how the
 * reply of Mesos-DNS differs, and why.
 */
@Timeout(120)
class RawPacketsTest {
    private static final String CHRONOS =
            "07 6368726f6e6f73 08 6d61726174686f6e 05 6d65736f73 00 "; // chronos.marathon.mesos
    private static final String MISSING = "07 6d697373696e67 05 6d65736f73 00 ";
    private static final String ONE = "0001 0000 0000 0000 ";
    private static final String WITH_OPT = "0001 0000 0000 0001 ";

    private static DnsFrontend frontend;

    @BeforeAll
    static void start() {
        frontend = Frontends.serving("", "chronos.marathon.mesos A 1.2.3.11", "");
    }

    @AfterAll
    static void stop() {
        frontend.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "an address              | 1234 0100 {one} {name} 0001 0001 | NOERROR qr aa rd 1 1"
                        + " 0 0",
                // specs: mesos-dns 1.9, answered as a query by Mesos-DNS; RFC 1035 4.1.1: NOTIMP
                "opcode IQUERY           | 1234 0900 {one} {name} 0001 0001 | NOTIMP qr 0 0 0 0",
                "opcode STATUS           | 1234 1100 {one} {name} 0001 0001 | NOTIMP qr 0 0 0 0",
                "opcode UPDATE           | 1234 2900 {one} {name} 0001 0001 | NOTIMP qr 0 0 0 0",
                "a response              | 1234 8100 {one} {name} 0001 0001 | silence",
                "eleven bytes            | 1234 0100 0001 0000 0000 00      | silence",
                // SERVFAIL by Mesos-DNS; FORMERR because the message is malformed
                "no question             | 1234 0100 0000 0000 0000 0000    | FORMERR qr rd 0 0 0"
                        + " 0",
                // the first is answered by Mesos-DNS; RFC 9619: FORMERR
                "two questions           | 1234 0100 0002 0000 0000 0000 {name} 0001 0001 {name}"
                        + " 0001 0001 | FORMERR qr rd 0 0 0 0",
                "a truncated question    | 1234 0100 {one} 07 6368          | FORMERR qr rd 0 0 0"
                        + " 0",
                "a garbage label length  | 1234 0100 {one} 87 6368 00 0001 0001 | FORMERR qr rd 0 0"
                        + " 0 0",
                // with AA by Mesos-DNS; RFC 1035 6.2 forbids it
                "class ANY               | 1234 0100 {one} {name} 0001 00ff | NOERROR qr rd 1 1 0"
                        + " 0",
                // answered by Mesos-DNS, in class IN
                "class CH                | 1234 0100 {one} {name} 0001 0003 | REFUSED qr rd 1 0 0"
                        + " 0",
                // answered by Mesos-DNS
                "trailing bytes          | 1234 0100 {one} {name} 0001 0001 0000 | FORMERR qr rd 0"
                        + " 0 0 0",
                // without OPT by Mesos-DNS; RFC 6891 6.1.1
                "EDNS                    | 1234 0100 {opt} {name} 0001 0001 00 0029 1000 00000000"
                        + " 0000 | NOERROR qr aa rd 1 1 0 1",
                // answered by Mesos-DNS; RFC 6891 6.1.3: BADVERS, of which the header has 0
                "EDNS version 1          | 1234 0100 {opt} {name} 0001 0001 00 0029 1000 00010000"
                        + " 0000 | NOERROR qr rd 1 0 0 1",
                "EDNS with DO            | 1234 0100 {opt} {name} 0001 0001 00 0029 1000 00008000"
                        + " 0000 | NOERROR qr aa rd 1 1 0 1",
                // answered by Mesos-DNS; RFC 6891 6.1.1: FORMERR
                "two OPTs                | 1234 0100 0001 0000 0000 0002 {name} 0001 0001 00 0029"
                        + " 1000 00000000 0000 00 0029 1000 00000000 0000 | FORMERR qr rd 0 0 0 0",
                "a type that is not held | 1234 0100 {one} {name} 000f 0001 | NOERROR qr aa rd 1 0"
                        + " 1 0",
                "CNAME that is not there | 1234 0100 {one} {name} 0005 0001 | NOERROR qr aa rd 1 0"
                        + " 1 0",
                "HTTPS                   | 1234 0100 {one} {name} 0041 0001 | NOERROR qr aa rd 1 0"
                        + " 1 0",
                "MX of no name           | 1234 0100 {one} {missing} 000f 0001 | NXDOMAIN qr aa rd"
                        + " 1 0 1 0",
                // forwarded by Mesos-DNS, and refused there
                "DS below the zone       | 1234 0100 {one} {name} 002b 0001 | NOERROR qr aa rd 1 0"
                        + " 1 0",
                "NS of the root          | 1234 0100 {one} 00 0002 0001     | REFUSED qr rd 1 0 0"
                        + " 0",
                "a zone like ours        | 1234 0100 {one} 06 6d65736f7378 00 0001 0001 | REFUSED"
                        + " qr rd 1 0 0 0",
            })
    void eachRecordedPacketGetsTheListedReply(String what, String hex, String expected)
            throws IOException {
        String text =
                hex.replace("{one}", ONE)
                        .replace("{opt}", WITH_OPT)
                        .replace("{name}", CHRONOS)
                        .replace("{missing}", MISSING);
        assertThat(reply(HexFormat.of().parseHex(text.replaceAll("\\s", ""))))
                .as(what)
                .isEqualTo(expected);
    }

    /** A query longer than 512 bytes; Mesos-DNS reads 512 bytes and answers FORMERR. */
    @Test
    void aLongQueryIsReadCompletely() throws IOException {
        String padding = "000c 0240 " + "00".repeat(0x240);
        String text =
                "1234 0100 "
                        + WITH_OPT
                        + CHRONOS
                        + "0001 0001 00 0029 1000 00000000 0244 "
                        + padding;
        assertThat(reply(HexFormat.of().parseHex(text.replaceAll("\\s", ""))))
                .isEqualTo("NOERROR qr aa rd 1 1 0 1");
    }

    /** Header of the packet's reply; "silence" if a later plain query is answered first. */
    private static String reply(byte[] packet) throws IOException {
        byte[] plain =
                HexFormat.of()
                        .parseHex(
                                ("4321 0000 " + ONE + CHRONOS + "0001 0001").replaceAll("\\s", ""));
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(Frontends.address(frontend));
            socket.setSoTimeout(20_000);
            socket.send(new DatagramPacket(packet, packet.length));
            socket.send(new DatagramPacket(plain, plain.length));
            byte[] reply = new byte[4096];
            socket.receive(new DatagramPacket(reply, reply.length));
            return reply[0] == 0x43 ? "silence" : header(reply);
        }
    }

    private static String header(byte[] reply) {
        assertThat(reply[0]).isEqualTo((byte) 0x12);
        assertThat(reply[1]).isEqualTo((byte) 0x34);
        StringBuilder text = new StringBuilder(Rcode.string(reply[3] & 0xf)).append(" qr");
        text.append((reply[2] & 4) != 0 ? " aa" : "").append((reply[2] & 1) != 0 ? " rd" : "");
        text.append((reply[3] & 0x80) != 0 ? " ra" : "");
        for (int i = 5; i <= 11; i += 2) {
            text.append(' ').append(reply[i]);
        }
        return text.toString();
    }
}
