package io.meridian.domain.vip;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Lookup2Test {
    /**
     * Offsets in the ranges of dcos-net's tests (254) and of DC/OS (2^24-1), from its tests, and
     * from clusters of versions that took the address after the hashed one (specs: dcos-net 2.3).
     */
    @ParameterizedTest
    @CsvSource({
        "foo.bar, 254, 37",
        "baz.qux, 254, 39",
        "foo.marathon, 254, 35",
        "de8b9dc86.marathon, 254, 90",
        "l4lbtest.marathon, 16777215, 8407458",
        "redis.marathon, 16777215, 13255204",
        "mygroupmyapp.marathon, 16777215, 13013060",
        "figsworkbench-dashboard.marathon, 16777215, 13854540",
        "spark-dispatcher.marathon, 16777215, 10199330",
    })
    void aNameHasTheHashThatErlangGivesIt(String name, long modulus, long offset) {
        assertThat(Lookup2.hash(name.getBytes(UTF_8)) % modulus).isEqualTo(offset);
    }
}
