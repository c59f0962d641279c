package io.meridian.domain.table;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class BucketMapLawTest {
    /**
     * @param value 0 removes the key
     */
    record Edit(int key, int value) {}

    @Property
    void everyVersionEqualsAHashMapThatWasEditedAlikeAndStaysSo(
            @ForAll("batches") List<List<Edit>> batches) {
        Map<Integer, Integer> oracle = new HashMap<>();
        BucketMap<Integer, Integer> map = BucketMap.empty();
        List<BucketMap<Integer, Integer>> versions = new ArrayList<>();
        List<Map<Integer, Integer>> expected = new ArrayList<>();
        for (List<Edit> batch : batches) {
            BucketMap.Editor<Integer, Integer> editor = map.edit();
            for (Edit edit : batch) {
                if (edit.value == 0) {
                    editor.remove(edit.key);
                    oracle.remove(edit.key);
                } else {
                    editor.put(edit.key, edit.value);
                    oracle.put(edit.key, edit.value);
                }
                assertThat(editor.get(edit.key).orElse(0)).isEqualTo(edit.value);
            }
            map = editor.done();
            versions.add(map);
            expected.add(Map.copyOf(oracle));
        }

        for (int i = 0; i < versions.size(); i++) {
            assertSame(versions.get(i), expected.get(i));
        }
    }

    @Property(tries = 50)
    void mapsWithTheSameEntriesAreEqualWhateverTheirHistory(
            @ForAll("batches") List<List<Edit>> batches) {
        BucketMap<Integer, Integer> map = BucketMap.empty();
        for (List<Edit> batch : batches) {
            BucketMap.Editor<Integer, Integer> editor = map.edit();
            batch.forEach(edit -> editor.put(edit.key, edit.value));
            map = editor.done();
        }
        BucketMap.Editor<Integer, Integer> rebuilt = BucketMap.<Integer, Integer>empty().edit();
        map.forEach(rebuilt::put);

        assertThat(rebuilt.done()).isEqualTo(map).hasSameHashCodeAs(map);
    }

    @Property
    void aMapOfManyIsTheOneThatTheyArePutInto(@ForAll("batches") List<List<Edit>> batches) {
        Map<Integer, Integer> oracle = new HashMap<>();
        batches.forEach(batch -> batch.forEach(edit -> oracle.put(edit.key * 31, edit.value)));
        BucketMap.Editor<Integer, Integer> editor = BucketMap.<Integer, Integer>empty().edit();
        oracle.forEach(editor::put);
        BucketMap<Integer, Integer> map =
                BucketMap.of(new ArrayList<>(oracle.keySet()), new ArrayList<>(oracle.values()));

        assertSame(map, oracle);
        assertThat(map).isEqualTo(editor.done()).hasSameHashCodeAs(editor.done());
        BucketMap.Editor<Integer, Integer> emptied = map.edit();
        oracle.keySet().forEach(emptied::remove);
        assertThat(emptied.done()).isEqualTo(BucketMap.empty());
    }

    @Example
    void oneEditMayGrowTheMapManyTimes() {
        BucketMap.Editor<Integer, Integer> editor = BucketMap.<Integer, Integer>empty().edit();
        Map<Integer, Integer> oracle = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            editor.put(i * 31, i + 1);
            oracle.put(i * 31, i + 1);
        }

        assertSame(editor.done(), oracle);
    }

    @Example
    void keysOfEqualHashAreKeptApart() {
        BucketMap.Editor<String, Integer> editor = BucketMap.<String, Integer>empty().edit();
        editor.put("Aa", 1);
        editor.put("BB", 2); // "Aa".hashCode() == "BB".hashCode()
        editor.remove("Aa");

        assertThat(editor.done().get("BB")).contains(2);
        assertThat(editor.done().get("Aa")).isEmpty();

        BucketMap<String, Integer> map = BucketMap.of(List.of("Aa", "BB", "c"), List.of(1, 2, 3));
        assertThat(map.get("Aa")).contains(1);
        assertThat(map.get("BB")).contains(2);
        assertThat(map.get("c")).contains(3);
    }

    @Example
    void anEditWithoutChangeGivesTheSameMap() {
        BucketMap<Integer, Integer> map = BucketMap.empty();

        assertThat(map.edit().done()).isSameAs(map);
    }

    private static void assertSame(BucketMap<Integer, Integer> map, Map<Integer, Integer> oracle) {
        Map<Integer, Integer> entries = new HashMap<>();
        map.forEach((key, value) -> assertThat(entries.put(key, value)).isNull());
        assertThat(entries).isEqualTo(oracle);
        assertThat(map.size()).isEqualTo(oracle.size());
        oracle.forEach((key, value) -> assertThat(map.get(key)).contains(value));
        assertThat(map.get(-1)).isEmpty();
    }

    @Provide
    Arbitrary<List<List<Edit>>> batches() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 600),
                        Arbitraries.integers().between(0, 4))
                .as(Edit::new)
                .list()
                .ofMaxSize(400)
                .list()
                .ofMaxSize(5);
    }
}
