package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;
import io.meridian.simulator.marathon.fault.AnswerEffect;
import io.meridian.simulator.marathon.fault.AnswerTarget;
import io.meridian.simulator.marathon.fault.Faults;
import io.meridian.simulator.mesos.MarathonInMesos;
import io.meridian.simulator.mesos.MesosFaults;
import io.meridian.simulator.mesos.MesosFramework;
import io.meridian.simulator.mesos.SimulatedMesos;
import io.meridian.simulator.mesos.SimulatedMesosSettings;
import io.meridian.simulator.mesos.TaskDraft;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** A task that both Marathon and Mesos report is one task, in either order of reports. */
final class MesosAndMarathonTest {
    private static final List<String> SOURCES = List.of("netinfo", "mesos", "host");
    private static final List<String> APPS =
            List.of(
                    """
                    {"id": "/shop/web", "cmd": "x", "instances": 2, "portDefinitions":
                      [{"port": 0, "protocol": "tcp", "name": "http", "labels": {"VIP_0": "/web:80"}}]}\
                    """,
                    """
                    {"id": "/shop/bridged", "networks": [{"mode": "container/bridge"}], "instances": 2,
                     "container": {"type": "DOCKER", "docker": {"image": "i"}, "portMappings":
                       [{"containerPort": 8080, "hostPort": 0, "name": "http", "labels": {"VIP_0": "/bridged:80"}}]}}\
                    """,
                    """
                    {"id": "/overlay", "cmd": "x", "networks": [{"mode": "container", "name": "dcos6"}],
                     "container": {"type": "MESOS", "portMappings":
                       [{"containerPort": 8080, "name": "http", "labels": {"VIP_0": "/overlay:80"}}]}}\
                    """);

    enum First {
        MARATHON,
        MESOS,
        NEITHER
    }

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(First.class)
    void twoSourcesGiveEachRecordOnceInEitherOrder(First first) throws Exception {
        try (SimulatedMarathon marathon =
                        SimulatedMarathon.start(SimulatedMarathonSettings.defaults().withSeed(5));
                SimulatedMesos mesos = SimulatedMesos.start(SimulatedMesosSettings.defaults())) {
            MarathonInMesos joined = MarathonInMesos.join(marathon, mesos);
            MesosFramework kafka = mesos.add(MesosFramework.of(7, "kafka", "10.0.0.9"));
            mesos.runs(
                    kafka,
                    joined.agents().getFirst(),
                    TaskDraft.of("broker-0", "broker")
                            .hostPorts(9092)
                            .discovery("broker")
                            .port(9092, "broker", "tcp", Map.of("VIP_0", "broker:9092")));
            APPS.forEach(marathon::deploy);
            Waiting.until("deployed", MesosHouse.LIMIT, () -> !marathon.isDeploying());
            hush(first, marathon, mesos);
            try (MesosHouse house =
                    MesosHouse.start(directory, mesos.urls(), List.of(marathon.url()), Map.of())) {
                letTheOtherSpeak(first, marathon, mesos);
                house.awaitReady();
                assertOneEach(house, marathon, mesos);

                marathon.scale("/shop/web", 4);
                marathon.kill(marathon.runningTasks("/shop/bridged").getFirst().id());
                Waiting.until("deployed", MesosHouse.LIMIT, () -> settled(marathon));
                assertOneEach(house, marathon, mesos);

                marathon.delete("/shop/web");
                Waiting.until("deployed", MesosHouse.LIMIT, () -> !marathon.isDeploying());
                assertOneEach(house, marathon, mesos);
                assertThat(house.dns().ask("web-shop.marathon.mesos.", "A").code())
                        .isEqualTo("NXDOMAIN");
                assertThat(house.dns().ask("broker.kafka.mesos.", "A").data()).hasSize(1);
            }
        }
    }

    private static boolean settled(SimulatedMarathon marathon) {
        return !marathon.isDeploying()
                && marathon.runningTasks("/shop/web").size() == 4
                && marathon.runningTasks("/shop/bridged").size() == 2;
    }

    private static void hush(First first, SimulatedMarathon marathon, SimulatedMesos mesos) {
        switch (first) {
            case MARATHON -> mesos.faults().status(MesosFaults.ALWAYS, 503);
            case MESOS -> {
                for (AnswerTarget target : List.of(AnswerTarget.READ, AnswerTarget.ATTACH)) {
                    marathon.faults()
                            .onAnswers(target, Faults.ALWAYS, new AnswerEffect.Status(503));
                }
            }
            case NEITHER -> {}
        }
    }

    private static void letTheOtherSpeak(
            First first, SimulatedMarathon marathon, SimulatedMesos mesos)
            throws InterruptedException {
        switch (first) {
            case MARATHON -> {
                Waiting.until(
                        "Marathon is heard", MesosHouse.LIMIT, () -> marathon.consumers() > 0);
                mesos.faults().clear();
            }
            case MESOS -> {
                Waiting.until(
                        "subscribed to Mesos", MesosHouse.LIMIT, () -> mesos.subscribers() > 0);
                marathon.faults().clear();
            }
            case NEITHER -> {}
        }
    }

    /** Records and backends are those that Mesos's state alone implies: no more, and no less. */
    private static void assertOneEach(
            MesosHouse house, SimulatedMarathon marathon, SimulatedMesos mesos) throws Exception {
        house.awaitAgreement("both", new MesosOracle(MesosHouse.state(mesos.url()), SOURCES));
        SortedSet<String> tasks = new TreeSet<>();
        house.api()
                .tables()
                .backends()
                .getOrDefault("tcp web.marathon:80", new TreeSet<>())
                .forEach(backend -> tasks.add(backend.task()));
        assertThat(tasks)
                .isEqualTo(
                        new TreeSet<>(
                                marathon.runningTasks("/shop/web").stream()
                                        .map(SimulatedMarathon.RunningTask::id)
                                        .toList()));
    }
}
