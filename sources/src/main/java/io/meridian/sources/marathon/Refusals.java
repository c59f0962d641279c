package io.meridian.sources.marathon;

import io.meridian.sources.json.UnreadableJson;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects one sentence for each part that could not be read, in reading order. */
final class Refusals {
    private final List<String> sentences = new ArrayList<>();

    /**
     * Returns the value of {@code read}. If {@code read} throws, adds a sentence that ends in the
     * {@code consequence} and returns {@code otherwise}.
     */
    <T> T read(Supplier<T> read, T otherwise, String consequence) {
        try {
            return read.get();
        } catch (UnreadableJson e) {
            sentences.add(e.path() + ": " + e.why() + "; " + consequence);
            return otherwise;
        }
    }

    void add(String sentence) {
        sentences.add(sentence);
    }

    List<String> sentences() {
        return List.copyOf(sentences);
    }
}
