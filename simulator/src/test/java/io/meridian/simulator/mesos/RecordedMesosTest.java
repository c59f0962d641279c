package io.meridian.simulator.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** RecordedMesos replays recordings unchanged. */
final class RecordedMesosTest {
    private static final String SUBSCRIBED =
            "{\"type\":\"SUBSCRIBED\",\"subscribed\":{\"get_state\":{\"get_tasks\":{}}}}";

    @Test
    void aStreamIsPlayedRecordByRecord() throws Exception {
        try (RecordedMesos mesos =
                        RecordedMesos.of(
                                SUBSCRIBED
                                        + "\n"
                                        + "{\"type\":\"ONE\"}\n\n"
                                        + "{\"type\":\"TWO\",\"x\":1.50}\n");
                RecordClient client = RecordClient.subscribe(mesos.url())) {
            assertThat(client.next().toString()).isEqualTo(SUBSCRIBED);
            assertThat(client.next().toString()).contains("HEARTBEAT");
            assertThat(mesos.left()).isEqualTo(2);
            mesos.play();
            assertThat(client.types(1)).containsExactly("ONE");
            mesos.playAll();
            assertThat(client.next().path("x").asDouble()).isEqualTo(1.5);
            assertThat(mesos.left()).isZero();
            try (RecordClient late = RecordClient.subscribe(mesos.url())) {
                assertThat(late.types(3)).containsExactly("SUBSCRIBED", "ONE", "TWO");
            }
        }
    }

    @Test
    void aRecordedStateAnswersGetStateAndSubscribe() throws Exception {
        try (RecordedMesos mesos =
                        RecordedMesos.of(
                                "{\"type\":\"GET_STATE\",\"get_state\":{\"get_tasks\":{}}}");
                RecordClient client = RecordClient.subscribe(mesos.url())) {
            assertThat(client.next().at("/subscribed/get_state/get_tasks").isObject()).isTrue();
            assertThat(RecordClient.call(mesos.url(), "GET_STATE").has("get_state")).isTrue();
        }
    }

    @Test
    void anOldStateIsServedByAnOldMaster() throws Exception {
        try (RecordedMesos mesos = RecordedMesos.of("{\"slaves\":[],\"leader\":\"x\"}")) {
            assertThat(RecordClient.get(mesos.url(), "/master/state").toString())
                    .isEqualTo("{\"slaves\":[],\"leader\":\"x\"}");
            assertThatThrownBy(() -> RecordClient.subscribe(mesos.url()))
                    .hasMessage("answered 404");
        }
    }

    @Test
    void aDocumentOfAnotherKindIsRefused() {
        assertThatThrownBy(() -> RecordedMesos.of("{}"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
