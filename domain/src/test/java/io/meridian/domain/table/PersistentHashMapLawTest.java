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

class PersistentHashMapLawTest {
    /**
     * @param value 0 removes the key
     */
    record Edit(int key, int value) {}

    @Property
    void everyVersionEqualsAHashMapWithTheSameEditsForEver(
            @ForAll("batches") List<List<Edit>> batches) {
        Map<Integer, Integer> oracle = new HashMap<>();
        PersistentHashMap<Integer, Integer> map = PersistentHashMap.empty();
        List<PersistentHashMap<Integer, Integer>> versions = new ArrayList<>();
        List<Map<Integer, Integer>> expected = new ArrayList<>();
        for (List<Edit> batch : batches) {
            PersistentHashMap.Editor<Integer, Integer> editor = map.edit();
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
    void mapsWithTheSameEntriesAreEqualAfterAnyHistory(
            @ForAll("batches") List<List<Edit>> batches) {
        PersistentHashMap<Integer, Integer> map = PersistentHashMap.empty();
        for (List<Edit> batch : batches) {
            PersistentHashMap.Editor<Integer, Integer> editor = map.edit();
            batch.forEach(edit -> editor.put(edit.key, edit.value));
            map = editor.done();
        }
        PersistentHashMap.Editor<Integer, Integer> rebuilt =
                PersistentHashMap.<Integer, Integer>empty().edit();
        map.forEach(rebuilt::put);

        assertThat(rebuilt.done()).isEqualTo(map).hasSameHashCodeAs(map);
    }

    @Property
    void aMapBuiltAtOnceEqualsOneBuiltByPuts(@ForAll("batches") List<List<Edit>> batches) {
        Map<Integer, Integer> oracle = new HashMap<>();
        batches.forEach(batch -> batch.forEach(edit -> oracle.put(edit.key * 31, edit.value)));
        PersistentHashMap.Editor<Integer, Integer> editor =
                PersistentHashMap.<Integer, Integer>empty().edit();
        oracle.forEach(editor::put);
        PersistentHashMap<Integer, Integer> map =
                PersistentHashMap.of(
                        new ArrayList<>(oracle.keySet()), new ArrayList<>(oracle.values()));

        assertSame(map, oracle);
        assertThat(map).isEqualTo(editor.done()).hasSameHashCodeAs(editor.done());
        PersistentHashMap.Editor<Integer, Integer> emptied = map.edit();
        oracle.keySet().forEach(emptied::remove);
        assertThat(emptied.done()).isEqualTo(PersistentHashMap.empty());
    }

    @Example
    void oneEditorMayGrowTheMapRepeatedly() {
        PersistentHashMap.Editor<Integer, Integer> editor =
                PersistentHashMap.<Integer, Integer>empty().edit();
        Map<Integer, Integer> oracle = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            editor.put(i * 31, i + 1);
            oracle.put(i * 31, i + 1);
        }

        assertSame(editor.done(), oracle);
    }

    @Example
    void keysOfEqualHashAreKeptApart() {
        PersistentHashMap.Editor<String, Integer> editor =
                PersistentHashMap.<String, Integer>empty().edit();
        editor.put("Aa", 1);
        editor.put("BB", 2); // "Aa".hashCode() == "BB".hashCode()
        editor.remove("Aa");

        assertThat(editor.done().get("BB")).contains(2);
        assertThat(editor.done().get("Aa")).isEmpty();

        PersistentHashMap<String, Integer> map =
                PersistentHashMap.of(List.of("Aa", "BB", "c"), List.of(1, 2, 3));
        assertThat(map.get("Aa")).contains(1);
        assertThat(map.get("BB")).contains(2);
        assertThat(map.get("c")).contains(3);
    }

    @Example
    void anEditWithoutChangeGivesTheSameMap() {
        PersistentHashMap<Integer, Integer> map = PersistentHashMap.empty();

        assertThat(map.edit().done()).isSameAs(map);
    }

    private static void assertSame(
            PersistentHashMap<Integer, Integer> map, Map<Integer, Integer> oracle) {
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
