package io.meridian.dns.fuzz;

import io.meridian.dns.Oracle;
import io.meridian.dns.Zones;
import io.meridian.dns.answer.DnsImage;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Rdata;
import io.meridian.domain.zone.RecordType;

import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.nio.charset.StandardCharsets;

/**
 * Fuzz target: any text as data of a record of any type. The parser refuses the text, or dnsjava
 * reads the record from a reply.
 */
public final class RecordTextTarget {
    private RecordTextTarget() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        DnsName.parse(text);
        for (RecordType type : RecordType.values()) {
            // A row has no line ends, and {@code Zones} strips spaces at the ends of a line.
            boolean isLine = text.equals(text.strip()) && text.lines().count() == 1;
            if (Rdata.parse(type, text).isPresent() && isLine) {
                served(type, text);
            }
        }
    }

    private static void served(RecordType type, String text) {
        DnsImage image = Zones.image("x.mesos " + type + " " + text, "");
        Message reply =
                Oracle.ask(image, Oracle.question("x.mesos", Type.value(type.name())), 65535);
        if (reply.getRcode() != Rcode.NOERROR || reply.getSection(Section.ANSWER).isEmpty()) {
            throw new AssertionError("read, but not served: " + type + " " + text);
        }
    }
}
