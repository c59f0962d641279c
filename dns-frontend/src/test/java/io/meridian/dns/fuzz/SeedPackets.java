package io.meridian.dns.fuzz;

import io.meridian.dns.Oracle;

import org.xbill.DNS.CookieOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSIDOption;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TcpKeepaliveOption;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Seeds of the fuzzer: valid and malformed queries. {@link #main} writes each to a file. */
public final class SeedPackets {
    private SeedPackets() {}

    /** Writes the packets to the folder of the first argument, each under its number. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Files.createDirectories(folder);
        List<byte[]> all = all();
        for (int i = 0; i < all.size(); i++) {
            Files.write(folder.resolve("seed-" + i), all.get(i));
        }
    }

    static List<byte[]> all() {
        List<byte[]> packets = new ArrayList<>();
        for (String name : Subject.NAMES) {
            for (int type : Subject.TYPES) {
                packets.add(Oracle.question(name, type).toWire());
            }
        }
        for (Message query : variants()) {
            packets.add(query.toWire());
        }
        packets.addAll(broken());
        return packets;
    }

    private static List<Message> variants() {
        List<Message> all = new ArrayList<>();
        for (int size : new int[] {0, 512, 1232, 4096, 65535}) {
            all.add(with(query("big.mesos", Type.A), new OPTRecord(size, 0, 0)));
            all.add(with(query("_big._tcp.mesos", Type.SRV), new OPTRecord(size, 0, 0)));
        }
        all.add(with(query("a.mesos", Type.A), new OPTRecord(1232, 0, 1)));
        all.add(with(query("a.mesos", Type.A), new OPTRecord(1232, 0, 0, Flags.DO)));
        byte[] eight = {1, 2, 3, 4, 5, 6, 7, 8};
        byte[] sixteen = Arrays.copyOf(eight, 16);
        for (EDNSOption option :
                List.of(
                        new CookieOption(eight),
                        new CookieOption(eight, sixteen),
                        new GenericEDNSOption(10, new byte[7]),
                        new GenericEDNSOption(10, new byte[41]),
                        new NSIDOption(new byte[0]),
                        new TcpKeepaliveOption(),
                        new GenericEDNSOption(11, new byte[] {0, 9}),
                        new GenericEDNSOption(12, new byte[100]),
                        new GenericEDNSOption(8, new byte[] {0, 1, 24, 0, 10, 0, 0}),
                        new GenericEDNSOption(65001, new byte[300]))) {
            all.add(with(query("both.mesos", Type.A), new OPTRecord(1232, 0, 0, 0, option)));
        }
        for (int opcode : new int[] {Opcode.IQUERY, Opcode.STATUS, Opcode.NOTIFY, Opcode.UPDATE}) {
            Message other = query("mesos", Type.SOA);
            other.getHeader().setOpcode(opcode);
            all.add(other);
        }
        for (int type : new int[] {Type.AXFR, Type.IXFR, Type.OPT, Type.TSIG, 0, 65535}) {
            all.add(query("mesos", type));
        }
        for (int dnsClass : new int[] {DClass.CH, DClass.ANY, DClass.NONE}) {
            all.add(Message.newQuery(Record.newRecord(name("version.bind."), Type.TXT, dnsClass)));
            all.add(Message.newQuery(Record.newRecord(name("a.mesos."), Type.A, dnsClass)));
        }
        Message two = query("a.mesos", Type.A);
        two.addRecord(Record.newRecord(name("both.mesos."), Type.A, DClass.IN), Section.QUESTION);
        all.add(two);
        Message reply = query("a.mesos", Type.A);
        reply.getHeader().setFlag(Flags.QR);
        all.add(reply);
        Message signed = query("a.mesos", Type.A);
        signed.setTSIG(new TSIG(TSIG.HMAC_SHA256, "key.example.", "c2VjcmV0"), 0, null);
        all.add(signed);
        return all;
    }

    private static List<byte[]> broken() {
        List<byte[]> all = new ArrayList<>();
        byte[] query = with(query("a.mesos", Type.A), new OPTRecord(1232, 0, 0)).toWire();
        for (int length : new int[] {0, 1, 11, 12, 13, 18, query.length - 1}) {
            all.add(Arrays.copyOf(query, length));
        }
        all.add(Arrays.copyOf(query, query.length + 3));
        String header = "1234010000010000000000";
        for (String tail :
                List.of(
                        "00c00c00010001", // a name that points to itself
                        "00016100c00c00010001",
                        "00c0ff00010001",
                        "0040000100010000",
                        "003f6161000100010000",
                        "0000000100010000",
                        "0101610561626364650000010001" + "c00c00290000000000000000",
                        "01016100000100010000290000000000000004000a0001",
                        "0201610000010001000029040000000000000000290400000000000000",
                        "010161000001000101610000290400000000000000",
                        "0101610000010001c00c00fa00ff00000000000a0102030405060708090a")) {
            all.add(HexFormat.of().parseHex(header + tail));
        }
        StringBuilder longest = new StringBuilder(header + "00");
        for (int i = 0; i < 5; i++) {
            longest.append("3f").append("61".repeat(63));
        }
        all.add(HexFormat.of().parseHex(longest + "0000010001"));
        all.add(HexFormat.of().parseHex(header + "00" + "0161".repeat(127) + "0000010001"));
        return all;
    }

    private static Message query(String name, int type) {
        return Message.newQuery(Record.newRecord(name(name + "."), type, DClass.IN, 0));
    }

    private static Message with(Message query, Record additional) {
        query.addRecord(additional, Section.ADDITIONAL);
        return query;
    }

    private static Name name(String text) {
        try {
            return Name.fromString(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
