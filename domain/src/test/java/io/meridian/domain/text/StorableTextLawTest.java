package io.meridian.domain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Random;

class StorableTextLawTest {
    @Test
    void everyTextBecomesOneThatHasNoFault() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String text = arbitrary(random);
            int limit = 1 + random.nextInt(60);
            String stored = StorableText.of(text, limit);
            assertThat(StorableText.fault(stored, limit)).as("seed %d", seed).isEmpty();
            byte[] utf8 = stored.getBytes(StandardCharsets.UTF_8);
            assertThat(utf8.length).as("seed %d", seed).isLessThanOrEqualTo(limit);
            assertThat(new String(utf8, StandardCharsets.UTF_8))
                    .as("seed %d", seed)
                    .isEqualTo(stored);
            assertThat(StorableText.of(stored, limit)).as("seed %d", seed).isSameAs(stored);
            if (StorableText.fault(text, limit).isEmpty()) {
                assertThat(stored).as("seed %d", seed).isSameAs(text);
            }
        }
    }

    private static String arbitrary(Random random) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(40); length > 0; length--) {
            switch (random.nextInt(6)) {
                case 0 -> text.append((char) random.nextInt(0x20));
                case 1 -> text.append((char) (0xD800 + random.nextInt(0x800)));
                case 2 -> text.appendCodePoint(random.nextInt(0x110000));
                case 3 -> text.append((char) random.nextInt(0x10000));
                default -> text.append((char) ('a' + random.nextInt(26)));
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "a\nb", "a\u007fb", "a\u0085b", "a\ud800b", "\udc00"})
    void noIdentifierHoldsAControlCharacterOrALoneSurrogate(String text) {
        assertThatThrownBy(() -> new ServiceId("marathon", "/" + text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("U+");
        assertThatThrownBy(() -> new ServiceId(text, "/web"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TaskId(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLongestKeyOfATableFitsIntoAnIndex() {
        ServiceId service =
                ServiceId.of(
                        ":".repeat(StorableText.MAX_FRAMEWORK), "/".repeat(StorableText.MAX_PATH));
        TaskId task = new TaskId("%".repeat(StorableText.MAX_ID), "t".repeat(StorableText.MAX_ID));
        assertThat((service + " space " + task).length()).isLessThan(2704);
        assertThatThrownBy(() -> new ServiceId("m", "/".repeat(StorableText.MAX_PATH + 1)))
                .hasMessageContaining("1025 bytes, more than 1024");
        assertThatThrownBy(() -> new TaskId("t".repeat(StorableText.MAX_ID + 1)))
                .hasMessageContaining("256 bytes, more than 255");
    }
}
