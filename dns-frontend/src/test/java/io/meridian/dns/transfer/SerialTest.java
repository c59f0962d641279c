package io.meridian.dns.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.OptionalLong;

class SerialTest {
    private static final long HALF = 1L << 31;

    /** Examples as in RFC 1982 5.1, with 32 bits. */
    @ParameterizedTest
    @CsvSource({
        "1, 0, true",
        "44, 0, true",
        "100, 0, true",
        "100, 44, true",
        "200, 100, true",
        "4294967295, 200, false",
        "0, 4294967295, true",
        "5, 5, false",
        "4, 5, false",
        "2147483648, 0, false",
    })
    void newer(long serial, long current, boolean expected) {
        assertThat(Serial.isNewer(serial, current)).isEqualTo(expected);
    }

    @Property
    void anOlderSerialMapsToItsRevision(
            @ForAll @LongRange(min = 0, max = 1L << 40) long revision,
            @ForAll @LongRange(min = 1, max = HALF - 1) long ahead) {
        long current = revision + ahead;
        assertThat(Serial.revision(Serial.of(revision), current))
                .isEqualTo(OptionalLong.of(revision));
        assertThat(Serial.isNewer(Serial.of(current), revision)).isTrue();
        assertThat(Serial.isNewer(Serial.of(revision), current)).isFalse();
        assertThat(Serial.revision(Serial.of(current), revision)).isEmpty();
    }

    @Property
    void halfTheCircleAwayIsNeitherOlderNorNewer(
            @ForAll @LongRange(min = 0, max = 1L << 40) long revision) {
        long serial = Serial.of(revision + HALF);
        assertThat(Serial.isNewer(serial, revision)).isFalse();
        assertThat(Serial.revision(serial, revision)).isEmpty();
    }
}
