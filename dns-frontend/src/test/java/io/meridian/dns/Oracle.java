package io.meridian.dns;

import io.meridian.dns.answer.Answerer;
import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.MessageReader;
import io.meridian.dns.wire.MessageWriter;
import io.meridian.dns.wire.Query;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/**
 * dnsjava writes our questions and reads our answers: what it can't read, or reads otherwise, we
 * have got wrong.
 */
public final class Oracle {
    private Oracle() {}

    public static Message question(String name, int type) {
        try {
            return Message.newQuery(
                    Record.newRecord(Name.fromString(name, Name.root), type, DClass.IN));
        } catch (TextParseException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Message parse(byte[] message) {
        try {
            return new Message(message);
        } catch (IOException e) {
            throw new UncheckedIOException("dnsjava can't read it: " + Arrays.toString(message), e);
        }
    }

    /**
     * The reply to a question, through reader, answerer and writer, without sockets or shuffling.
     */
    public static Message ask(DnsImage image, Message question, int limit) {
        byte[] packet = question.toWire();
        Query query = (Query) MessageReader.read(packet, packet.length);
        Answer answer = Answerer.answer(image, query);
        MessageWriter writer = new MessageWriter(1232);
        int length = writer.write(query, answer, limit, false);
        if (length > limit) {
            throw new AssertionError("limit " + limit + " exceeded: " + length);
        }
        return parse(Arrays.copyOf(writer.buffer(), length));
    }

    public static Message ask(DnsImage image, String name, String type) {
        return ask(image, question(name, Type.value(type)), 65535);
    }

    /** RCODE, flags and records as text, each section sorted; one item a line. */
    public static String text(Message reply) {
        StringBuilder text = new StringBuilder(Rcode.string(reply.getRcode()));
        for (int flag : new int[] {Flags.QR, Flags.AA, Flags.TC, Flags.RD}) {
            text.append(reply.getHeader().getFlag(flag) ? " " + Flags.string(flag) : "");
        }
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
            String label =
                    List.of("answer", "authority", "additional").get(section - Section.ANSWER);
            reply.getSection(section).stream()
                    .filter(record -> record.getType() != Type.OPT)
                    .map(
                            record ->
                                    label
                                            + " "
                                            + record.getName()
                                            + " "
                                            + record.getTTL()
                                            + " "
                                            + Type.string(record.getType())
                                            + " "
                                            + record.rdataToString())
                    .sorted()
                    .forEach(line -> text.append('\n').append(line));
        }
        return text.append('\n').toString();
    }
}
