package io.meridian.domain.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class RepeatsTest {
    @Test
    void onlyTheFirstSecondFourthEighthLineAboutASubjectIsWritten() {
        Repeats repeats = new Repeats();
        List<Integer> written = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            if (repeats.line("web", "line " + i).isPresent()) {
                written.add(i);
            }
        }
        assertThat(written).containsExactly(1, 2, 4, 8, 16, 32, 64);
        assertThat(repeats.line("other", "line")).contains("line");
    }

    @Test
    void afterTheFaultIsOverTheNextLineIsWritten() {
        Repeats repeats = new Repeats();
        for (int i = 0; i < 3; i++) {
            repeats.line("web", "line");
        }
        assertThat(repeats.over("web")).isTrue();
        assertThat(repeats.over("web")).isFalse();
        assertThat(repeats.line("web", "line")).contains("line");
    }

    @Test
    void theOldestOfManySubjectsAreForgotten() {
        Repeats repeats = new Repeats();
        for (int i = 0; i < 1001; i++) {
            repeats.line("subject " + i, "line");
        }
        assertThat(repeats.over("subject 0")).isFalse();
        assertThat(repeats.over("subject 1")).isTrue();
    }
}
