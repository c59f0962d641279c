package io.meridian.dns.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.wire.DnsName;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

class NameTableLawTest {
    /**
     * @param below number of names below; 0 removes the name
     */
    record Step(String name, int below) {}

    private static byte[] key(String name) {
        return DnsName.literal(name).lowerCaseWire();
    }

    private static byte[] entry(String name, int below) {
        return NameEntry.encode(key(name), below, false, NameData.EMPTY, 0);
    }

    private static byte[] find(NameTable table, byte[] key) {
        return table.find(key, key.length, NameHash.of(key, 0, key.length));
    }

    private static NameTable apply(NameTable table, Step step) {
        return step.below == 0
                ? table.without(key(step.name))
                : table.with(entry(step.name, step.below));
    }

    private static Map<String, Integer> contents(NameTable table) {
        Map<String, Integer> contents = new HashMap<>();
        table.forEach(
                entry ->
                        assertThat(
                                        contents.put(
                                                NameEntry.owner(entry).toString(),
                                                NameEntry.below(entry)))
                                .isNull());
        return contents;
    }

    @Property(tries = 300)
    void theTableBehavesAsAMap(@ForAll("steps") List<Step> steps) {
        NameTable table = NameTable.EMPTY;
        Map<String, Integer> map = new HashMap<>();
        for (Step step : steps) {
            NameTable before = table;
            Map<String, Integer> held = contents(before);
            table = apply(table, step);
            if (step.below == 0) {
                map.remove(step.name + ".");
            } else {
                map.put(step.name + ".", step.below);
            }
            assertThat(table.size()).isEqualTo(map.size());
            assertThat(contents(before)).isEqualTo(held);
        }
        assertThat(contents(table)).isEqualTo(map);
        for (Step step : steps) {
            byte[] found = find(table, key(step.name));
            assertThat(NameEntry.below(found)).isEqualTo(map.getOrDefault(step.name + ".", 0));
        }
    }

    @Property(tries = 300)
    void bulkAndSingleInsertsGiveTheSameTable(@ForAll("steps") List<Step> steps) {
        Map<String, byte[]> last = new HashMap<>();
        steps.forEach(step -> last.put(step.name, entry(step.name, step.below)));
        NameTable added = NameTable.EMPTY;
        for (byte[] entry : last.values()) {
            added = added.with(entry);
        }

        assertSame(NameTable.of(last.values().toArray(byte[][]::new)), added, last.values());
    }

    @Test
    void aHundredThousandNamesAreFoundAndRemoved() {
        NameTable table = NameTable.EMPTY;
        for (int i = 0; i < 100_000; i++) {
            table = table.with(entry("app-" + i + ".marathon.mesos", i + 1));
        }
        assertThat(table.size()).isEqualTo(100_000);
        for (int i = 0; i < 100_000; i++) {
            byte[] found = find(table, key("app-" + i + ".marathon.mesos"));
            assertThat(NameEntry.below(found) == i + 1).isTrue();
        }
        assertThat(find(table, key("app-100000.marathon.mesos"))).isSameAs(NameTable.NONE);
        for (int i = 0; i < 100_000; i++) {
            table = table.without(key("app-" + i + ".marathon.mesos"));
        }
        assertThat(contents(table)).isEmpty();
        assertThat(table.size()).isZero();
    }

    @Test
    void namesWithTheSameHashCoexist() {
        List<byte[]> keys = sameHash(4);
        assertThat(keys.stream().map(key -> NameHash.of(key, 0, key.length)).distinct()).hasSize(1);
        NameTable table = NameTable.EMPTY;
        for (int i = 0; i < keys.size(); i++) {
            table = table.with(raw(keys.get(i), i + 1));
            table = table.with(raw(keys.get(i), i + 11));
        }
        table = table.with(entry("other.mesos", 1));
        assertThat(table.size()).isEqualTo(5);
        List<byte[]> all = new ArrayList<>(List.of(entry("other.mesos", 1)));
        for (int i = 0; i < keys.size(); i++) {
            all.add(raw(keys.get(i), i + 11));
        }
        assertSame(NameTable.of(all.toArray(byte[][]::new)), table, all);
        for (int i = 0; i < keys.size(); i++) {
            assertThat(NameEntry.below(find(table, keys.get(i)))).isEqualTo(i + 11);
        }
        for (int i = 0; i < keys.size(); i++) {
            assertThat(find(table, keys.get(i))).isNotSameAs(NameTable.NONE);
            table = table.without(keys.get(i)).without(keys.get(i));
            assertThat(find(table, keys.get(i))).isSameAs(NameTable.NONE);
            assertThat(table.size()).isEqualTo(4 - i);
        }
        assertThat(table.without(key("other.mesos")).size()).isZero();
    }

    private static void assertSame(NameTable one, NameTable other, Collection<byte[]> entries) {
        assertThat(one.size()).isEqualTo(other.size()).isEqualTo(entries.size());
        for (byte[] entry : entries) {
            byte[] key = NameEntry.name(entry);
            assertThat(find(one, key)).isEqualTo(find(other, key)).isEqualTo(entry);
        }
        NameTable none = one;
        for (byte[] entry : entries) {
            none = none.without(NameEntry.name(entry));
        }
        assertThat(contents(none)).isEmpty();
    }

    /** Keys of 16 bytes with equal hashes: the second word cancels the difference of the first. */
    private static List<byte[]> sameHash(int count) {
        Random random = new Random(7);
        long meet = random.nextLong();
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long first = random.nextLong();
            long second = NameHash.mix(16, first) ^ meet;
            keys.add(
                    ByteBuffer.allocate(16)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(first)
                            .putLong(second)
                            .array());
        }
        return keys;
    }

    private static byte[] raw(byte[] key, int below) {
        return ByteBuffer.allocate(1 + key.length + 8)
                .put((byte) key.length)
                .put(key)
                .putInt(below)
                .putInt(0)
                .array();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<String> names =
                Combinators.combine(
                                Arbitraries.integers().between(0, 60),
                                Arbitraries.of("mesos", "a.mesos", "b-long-label.a.mesos"))
                        .as((number, parent) -> "n" + number + "." + parent);
        return Combinators.combine(
                        names, Arbitraries.integers().between(-1, 3).map(i -> Math.max(0, i)))
                .as(Step::new)
                .list()
                .ofMaxSize(120);
    }
}
