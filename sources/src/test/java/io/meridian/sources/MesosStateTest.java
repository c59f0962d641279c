package io.meridian.sources;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.TaskPhase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MesosStateTest {
    @ParameterizedTest
    @CsvSource({
        "TASK_STAGING, STAGING, false",
        "TASK_STARTING, STARTING, false",
        "TASK_RUNNING, RUNNING, false",
        "TASK_KILLING, KILLING, false",
        "TASK_FINISHED, GONE, false",
        "TASK_FAILED, GONE, false",
        "TASK_KILLED, GONE, false",
        "TASK_ERROR, GONE, false",
        "TASK_DROPPED, GONE, false",
        "TASK_GONE, GONE, false",
        "TASK_GONE_BY_OPERATOR, GONE, false",
        "TASK_LOST, RUNNING, true",
        "TASK_UNREACHABLE, RUNNING, true",
        "TASK_UNKNOWN, RUNNING, true"
    })
    void everyMesosStateHasAPhaseAndAReachability(
            String name, TaskPhase phase, boolean unreachable) {
        assertThat(MesosState.of(name))
                .hasValueSatisfying(
                        state -> {
                            assertThat(state.phase()).isEqualTo(phase);
                            assertThat(state.unreachable()).isEqualTo(unreachable);
                        });
    }

    @Test
    void anUnknownStateIsEmpty() {
        assertThat(MesosState.of("TASK_TELEPORTED")).isEmpty();
    }

    @Test
    void onlyARunningStatusHasTheTasksOwnAddresses() {
        assertThat(MesosState.values())
                .filteredOn(MesosState::tellsAddresses)
                .containsExactly(MesosState.TASK_RUNNING);
    }
}
