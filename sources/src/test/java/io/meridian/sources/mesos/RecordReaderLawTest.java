package io.meridian.sources.mesos;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

class RecordReaderLawTest {
    /** Chunking: any split of the bytes gives the written records. */
    @Property
    void recordsDoNotDependOnTheSplitOfBytes(
            @ForAll @Size(max = 12) List<byte[]> written, @ForAll Random random) {
        byte[] stream = framed(written);
        RecordReader reader = new RecordReader(1 << 20);
        List<byte[]> read = new ArrayList<>();
        for (int at = 0; at < stream.length; ) {
            int end = Math.min(stream.length, at + random.nextInt(7));
            read.addAll(reader.read(Arrays.copyOfRange(stream, at, end)));
            at = end;
        }

        assertThat(texts(read)).isEqualTo(texts(written));
        assertThat(reader.isInsideRecord()).isFalse();
    }

    /** A stream that ends anywhere gives complete records only. */
    @Property
    void aBrokenStreamGivesCompleteRecordsOnly(
            @ForAll @Size(min = 1, max = 5) List<byte[]> written, @ForAll Random random) {
        byte[] stream = framed(written);
        List<byte[]> read =
                new RecordReader(1 << 20)
                        .read(Arrays.copyOf(stream, random.nextInt(stream.length)));

        assertThat(texts(read)).isEqualTo(texts(written).subList(0, read.size()));
    }

    private static List<String> texts(List<byte[]> records) {
        return records.stream()
                .filter(each -> each.length > 0)
                .map(HexFormat.of()::formatHex)
                .toList();
    }

    static byte[] framed(List<byte[]> records) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] record : records) {
            bytes.writeBytes((record.length + "\n").getBytes(StandardCharsets.UTF_8));
            bytes.writeBytes(record);
        }
        return bytes.toByteArray();
    }
}
