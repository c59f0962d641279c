package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.simulator.mesos.MesosAgent;
import io.meridian.simulator.mesos.MesosFramework;
import io.meridian.simulator.mesos.SimulatedMesos;
import io.meridian.simulator.mesos.SimulatedMesosSettings;
import io.meridian.simulator.mesos.TaskDraft;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;

/** Tasks of Mesos whose names PostgreSQL cannot hold, through the whole program. */
final class UnstorableTextTest {
    @TempDir Path directory;

    @Test
    void tenTasksWithNulInTheirNamesHoldNoOtherTaskUp() throws Exception {
        try (SimulatedMesos mesos = SimulatedMesos.start(SimulatedMesosSettings.defaults());
                MesosHouse house =
                        MesosHouse.start(directory, mesos.urls(), Map.of()).awaitReady()) {
            MesosFramework kafka = mesos.add(MesosFramework.of(1, "kafka", "10.0.0.9"));
            MesosAgent agent = mesos.register(MesosAgent.of(0, "10.0.0.4"));
            for (int i = 0; i < 10; i++) {
                mesos.runs(
                        kafka,
                        agent,
                        TaskDraft.of("bad." + i, "ba\0d" + i)
                                .discovery("ba\0d" + i)
                                .hostPorts(31_000));
            }
            for (int i = 0; i < 3; i++) {
                mesos.runs(kafka, agent, TaskDraft.of("good." + i, "good" + i).hostPorts(31_001));
            }
            DnsClient dns = house.dns();
            for (String name : new String[] {"good0", "good1", "good2", "bad0", "bad9"}) {
                Waiting.until(
                        name,
                        MesosHouse.LIMIT,
                        () -> dns.ask(name + ".kafka.mesos.", "A").data().contains("10.0.0.4"));
            }
            assertThat(house.api().get("/health/ready").statusCode()).isEqualTo(200);
        }
    }
}
