package io.meridian.dns.forward;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Replies of upstreams, written by dnsjava. */
final class Replies {
    private Replies() {}

    /** A reply with an RCODE and only the question. */
    static Message of(Message question, int rcode) {
        Message reply = new Message(question.getHeader().getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setFlag(Flags.RA);
        reply.getHeader().setRcode(rcode);
        reply.addRecord(question.getQuestion(), Section.QUESTION);
        return reply;
    }

    /** Adds a record: {@code "www.example.org 300 A 192.0.2.1"}. */
    static Message with(Message reply, int section, String text) {
        reply.addRecord(record(text), section);
        return reply;
    }

    /** A reply with one address for the question's name. */
    static Message address(Message question, String address) {
        return with(
                of(question, 0),
                Section.ANSWER,
                question.getQuestion().getName() + " 300 A " + address);
    }

    static Record record(String text) {
        String[] words = text.split(" ", 4);
        try {
            return Record.fromString(
                    Name.fromString(words[0], Name.root),
                    Type.value(words[2]),
                    DClass.IN,
                    Long.parseLong(words[1]),
                    words[3],
                    Name.root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
