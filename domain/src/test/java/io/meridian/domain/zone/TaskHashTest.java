package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskHashTest {
    /** Hashes in answers of a real Mesos-DNS (specs: mesos-dns 1.2). */
    @ParameterizedTest
    @CsvSource({
        "test, iffe9",
        "'', 5eh48",
        "long.1, xfsn7",
        "liquor-store.b8db9f73-562f-11e4-a088-c20493233aa5, 4dfjd",
        "car-store.43758382-562f-11e4-a088-c20493233aa5, zinaz",
    })
    void aTaskIdHasTheHashMesosDnsGivesIt(String taskId, String hash) {
        assertThat(TaskHash.of(taskId)).isEqualTo(hash);
    }
}
