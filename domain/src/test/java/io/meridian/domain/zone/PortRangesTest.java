package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortRangesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[31000-31001]               | [31000, 31001]",
                "[31000-31002, 31005-31005]  | [31000, 31001, 31002, 31005]",
                "[ 1-1 ,2-3]                 | [1, 2, 3]",
                "ports [5-5] [6-6]           | [5]",
                "[]                          | []",
                "''                          | []",
                "31000-31001                 | []",
                "[31000-31001                | []",
                "[31000]                     | []", // Mesos-DNS exits on this one
                "[a-b, 7-7, 1-2-3]           | [7]",
                "[9-8]                       | []",
                "[65535-99999]               | [65535]",
            })
    void partsThatAreRangesCount(String text, String ports) {
        assertThat(PortRanges.parse(text)).hasToString(ports);
    }
}
