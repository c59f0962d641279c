package io.meridian.dns.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.DnsFrontend;
import io.meridian.dns.Frontends;
import io.meridian.dns.Oracle;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Queries that were recorded with a Mesos-DNS in front of upstreams that answer correctly, wrongly
 * or not at all (specs: mesos-dns 5), and Meridian's replies: RCODE, flags, number of addresses. A
 * comment above a row says how the reply of Mesos-DNS differs, and why.
 */
@Timeout(120)
class RecordedForwardingTest {
    private static final int ADDRESSES = 40; // more than fit into 512 bytes

    /** Recorded upstreams. */
    private enum Server implements FakeUpstream.Script {
        /** Supports EDNS. */
        EDNS {
            @Override
            public List<byte[]> replies(Message question, boolean tcp) {
                return List.of(opt(addresses(question), 1232).toWire());
            }
        },
        /** Announces 512 bytes and sends more. */
        EDNS_512 {
            @Override
            public List<byte[]> replies(Message question, boolean tcp) {
                return List.of(opt(addresses(question), 512).toWire());
            }
        },
        /** Sends more than 512 bytes and no OPT. */
        WITHOUT_OPT {
            @Override
            public List<byte[]> replies(Message question, boolean tcp) {
                return List.of(addresses(question).toWire());
            }
        },
        /** Answers over UDP only. */
        UDP_ALONE {
            @Override
            public List<byte[]> replies(Message question, boolean tcp) {
                return tcp ? List.of() : EDNS.replies(question, false);
            }
        },
        /** Answers with a wrong id. */
        OTHER_ID {
            @Override
            public List<byte[]> replies(Message question, boolean tcp) {
                Message reply = addresses(question);
                reply.getHeader().setID(question.getHeader().getID() ^ 1);
                return List.of(reply.toWire());
            }
        },
        FAILING {
            @Override
            public List<byte[]> replies(Message question, boolean tcp) {
                return List.of(Replies.of(question, Rcode.SERVFAIL).toWire());
            }
        },
        /** Truncates its replies over UDP. */
        CUTTING {
            @Override
            public List<byte[]> replies(Message question, boolean tcp) {
                if (tcp) {
                    return List.of(addresses(question).toWire());
                }
                Message reply = Replies.address(question, "192.0.2.1");
                reply.getHeader().setFlag(Flags.TC);
                return List.of(reply.toWire());
            }
        },
        SILENT {
            @Override
            public List<byte[]> replies(Message question, boolean tcp) {
                return List.of();
            }
        };

        static Message addresses(Message question) {
            Message reply = Replies.of(question, Rcode.NOERROR);
            if (question.getHeader().getFlag(Flags.RD)) {
                reply.getHeader().setFlag(Flags.RD);
            }
            for (int i = 1; i <= ADDRESSES; i++) {
                Replies.with(
                        reply,
                        Section.ANSWER,
                        question.getQuestion().getName() + " 300 A 192.0.2." + i);
            }
            return reply;
        }

        static Message opt(Message reply, int size) {
            reply.addRecord(new OPTRecord(size, 0, 0), Section.ADDITIONAL);
            return reply;
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "EDNS        | a.o1232.x | udp 4096 | NOERROR qr rd ra 40",
                // SERVFAIL: it read 512 bytes of the reply
                "EDNS        | a.o1232.x | udp      | NOERROR qr tc rd ra",
                // truncated to the upstream's 512 bytes, not to the client's size
                "EDNS_512    | a.o512.x  | udp 4096 | NOERROR qr rd ra 40",
                // cut to 512 bytes, though the client takes 4096
                "WITHOUT_OPT | a.noopt.x | udp 4096 | NOERROR qr rd ra 40",
                // SERVFAIL: it read 512 bytes of the reply
                "WITHOUT_OPT | a.noopt.x | udp      | NOERROR qr tc rd ra",
                // without RA; Meridian sets RA in every reply, also of failures
                "OTHER_ID    | a.badid.x | udp 1232 | SERVFAIL qr rd ra 0",
                "OTHER_ID EDNS | a.badid2.x | udp 1232 | NOERROR qr rd ra 40",
                "FAILING     | a.sf.x    | udp 1232 | SERVFAIL qr rd ra 0",
                // one address and TC; Meridian fetches a truncated reply over TCP
                "CUTTING     | a.tc.x    | udp 1232 | NOERROR qr rd ra 40",
                "SILENT FAILING | a.silent.x | udp 1232 | SERVFAIL qr rd ra 0",
                "SILENT SILENT | a.silent2.x | udp 1232 | SERVFAIL qr rd ra 0",
                "EDNS        | A.o1232.X | udp 4096 | NOERROR qr rd ra 40",
                // SERVFAIL: it read 512 bytes of the reply
                "EDNS        | other.example | udp  | NOERROR qr tc rd ra",
                "UDP_ALONE   | a.o1232.x | tcp      | SERVFAIL qr rd ra 0",
            })
    void eachRecordedQueryGetsTheListedReply(
            String servers, String name, String way, String expected) throws IOException {
        List<FakeUpstream> upstreams =
                Stream.of(servers.split(" ")).map(RecordedForwardingTest::start).toList();
        String addresses =
                upstreams.stream()
                        .map(upstream -> "\"" + upstream.address() + "\"")
                        .collect(Collectors.joining(",", "upstreams = [", "]\n"));
        try (DnsFrontend frontend =
                Frontends.serving(
                        addresses + "forward { timeout = 300 ms, total-timeout = 1 s }", "", "")) {
            Message question = Oracle.question(name, Type.A);
            String[] transport = way.split(" ");
            if (transport.length > 1) {
                Server.opt(question, Integer.parseInt(transport[1]));
            }
            SimpleResolver client =
                    way.startsWith("tcp") ? Frontends.tcp(frontend) : Frontends.udp(frontend);
            client.setIgnoreTruncation(true);
            Message reply = client.send(question);
            assertThat(reply.getQuestion().getName()).hasToString(name + ".");
            assertThat(text(reply)).isEqualTo(expected);
        } finally {
            for (FakeUpstream upstream : upstreams) {
                upstream.close();
            }
        }
    }

    private static FakeUpstream start(String server) {
        try {
            return new FakeUpstream(Server.valueOf(server));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leaves out the number of addresses of a truncated reply, which is random. */
    private static String text(Message reply) {
        String header =
                Rcode.string(reply.getRcode())
                        + Stream.of("qr", "aa", "tc", "rd", "ra")
                                .filter(flag -> reply.getHeader().getFlag(Flags.value(flag)))
                                .collect(Collectors.joining(" ", " ", ""));
        return reply.getHeader().getFlag(Flags.TC)
                ? header
                : header + " " + reply.getSection(Section.ANSWER).size();
    }
}
