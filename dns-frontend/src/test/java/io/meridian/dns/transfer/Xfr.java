package io.meridian.dns.transfer;

import io.meridian.dns.Oracle;
import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.wire.MessageReader;
import io.meridian.dns.wire.Query;

import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** Transfer requests and replies, by dnsjava. */
final class Xfr {
    private static final InetSocketAddress CLIENT = new InetSocketAddress("127.0.0.1", 4000);

    private Xfr() {}

    static Message axfr(String zone) {
        return Oracle.question(zone, Type.AXFR);
    }

    static Message ixfr(String zone, long serial) {
        try {
            Message query = Oracle.question(zone, Type.IXFR);
            Name name = Name.fromString(zone, Name.root);
            query.addRecord(
                    new SOARecord(name, 1, 0, name, name, serial, 0, 0, 0, 0), Section.AUTHORITY);
            return query;
        } catch (TextParseException e) {
            throw new UncheckedIOException(e);
        }
    }

    static TransferReply ask(
            ZoneTransfers transfers, DnsImage image, Message question, boolean tcp) {
        byte[] packet = question.toWire();
        Query query = (Query) MessageReader.read(packet, packet.length);
        return transfers.answer(query, packet, packet.length, CLIENT, tcp, image, Optional.empty());
    }

    static List<Message> messages(TransferReply reply) {
        List<Message> messages = new ArrayList<>();
        try {
            ((TransferReply.Messages) reply)
                    .stream()
                            .writeTo(
                                    (bytes, length) ->
                                            messages.add(
                                                    Oracle.parse(Arrays.copyOf(bytes, length))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return messages;
    }

    static List<Record> records(TransferReply reply) {
        return messages(reply).stream()
                .flatMap(message -> message.getSection(Section.ANSWER).stream())
                .toList();
    }

    /** A record as one line, in lower case. */
    static String text(Record record) {
        return record.toString().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    /** Records of a complete transfer, the SOA once. */
    static TreeSet<String> content(List<Record> whole) {
        TreeSet<String> content = new TreeSet<>();
        for (Record record : whole.subList(0, whole.size() - 1)) {
            if (!content.add(text(record))) {
                throw new AssertionError("twice in one transfer: " + record);
            }
        }
        if (!whole.getFirst().equals(whole.getLast()) || !(whole.getFirst() instanceof SOARecord)) {
            throw new AssertionError("no SOA around it: " + whole);
        }
        return content;
    }

    static boolean isIncremental(List<Record> records) {
        return records.size() > 1 && records.get(1) instanceof SOARecord;
    }

    /**
     * Applies an incremental transfer (RFC 1995 4). Asserts that removed records exist and that
     * added records do not.
     */
    static TreeSet<String> apply(TreeSet<String> content, List<Record> difference) {
        TreeSet<String> result = new TreeSet<>(content);
        boolean adding = true;
        for (Record record : difference.subList(1, difference.size() - 1)) {
            if (record instanceof SOARecord) {
                adding = !adding;
            }
            if (adding ? !result.add(text(record)) : !result.remove(text(record))) {
                throw new AssertionError(
                        (adding ? "added, but there: " : "removed, but not there: ") + record);
            }
        }
        return result;
    }
}
