package io.meridian.system;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Queries one DNS server over UDP, and over TCP if the answer is truncated. */
final class DnsClient {
    private final SimpleResolver resolver;

    /**
     * @param port of 127.0.0.1
     */
    DnsClient(int port) throws IOException {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    DnsClient(InetSocketAddress server) {
        resolver = new SimpleResolver(server);
        resolver.setTimeout(Duration.ofSeconds(2));
    }

    DnsClient patience(Duration limit) {
        resolver.setTimeout(limit);
        return this;
    }

    /**
     * The answer to a query.
     *
     * @param data values of the queried type
     */
    record Answer(String code, SortedSet<String> data) {}

    Answer ask(String name, String type) throws IOException {
        Message query =
                Message.newQuery(
                        Record.newRecord(
                                Name.fromString(name, Name.root), Type.value(type), DClass.IN));
        Message reply = resolver.send(query);
        if (!reply.getHeader().getFlag(Flags.QR)) {
            throw new IOException("what came back is a query: " + reply.getHeader());
        }
        SortedSet<String> data = new TreeSet<>();
        for (Record record : reply.getSection(Section.ANSWER)) {
            if (record.getType() == Type.value(type)) {
                data.add(MarathonOracle.plain(record.rdataToString()));
            }
        }
        return new Answer(Rcode.string(reply.getRcode()), data);
    }

    /** As {@link #ask}; empty without an answer. */
    Optional<Answer> tryToAsk(String name, String type) {
        try {
            return Optional.of(ask(name, type));
        } catch (IOException silent) {
            return Optional.empty();
        }
    }

    /**
     * Queries some of these records by name and type, and returns the answers that are not the
     * complete set.
     */
    List<String> differences(SortedSet<String> records, int sample) throws IOException {
        TreeSet<String> questions = new TreeSet<>();
        for (String record : records) {
            String[] parts = record.split(" ", 3);
            questions.add(parts[0] + " " + parts[1]);
        }
        int step = Math.max(1, questions.size() / sample);
        List<String> all = List.copyOf(questions);
        List<String> differences = new java.util.ArrayList<>();
        for (int i = 0; i < all.size(); i += step) {
            String[] question = all.get(i).split(" ");
            SortedSet<String> wanted = new TreeSet<>();
            for (String record : records.tailSet(all.get(i) + " ")) {
                if (!record.startsWith(all.get(i) + " ")) {
                    break;
                }
                wanted.add(record.substring(all.get(i).length() + 1));
            }
            Answer answer = ask(question[0], question[1]);
            if (!answer.data().equals(wanted)) {
                differences.add(all.get(i) + ": " + answer + " instead of " + wanted);
            }
        }
        return differences;
    }
}
