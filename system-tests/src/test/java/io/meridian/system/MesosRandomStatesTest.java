package io.meridian.system;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.marathon.fault.Ending;
import io.meridian.simulator.mesos.MesosAgent;
import io.meridian.simulator.mesos.MesosFramework;
import io.meridian.simulator.mesos.SimulatedMesos;
import io.meridian.simulator.mesos.SimulatedMesosSettings;
import io.meridian.simulator.mesos.TaskDraft;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Changes a cluster at random, and compares the program after each round with an oracle over the
 * master's whole state. Names, addresses and backends agree after events, after a new subscription
 * and after a failover. Agents become unreachable (without an event if they have no task),
 * reregister with changed tasks, perhaps at another address, or are marked gone.
 *
 * <p>Two changes have no event. An agent without tasks becomes unreachable: the program requests
 * the master's agents with each listing. A task that its framework already holds for lost ends with
 * its agent: the test cuts the stream, and the next subscription shows it.
 */
final class MesosRandomStatesTest {
    private static final int ROUNDS = 12;
    private static final int STEPS = 10;
    private static final List<String> NAMES =
            List.of("web", "Db_1", "a.b", "kafka-0-broker", "x.Y_z", "job");

    @TempDir Path directory;
    private final SimulatedMesos mesos =
            SimulatedMesos.start(
                    SimulatedMesosSettings.defaults()
                            .withMasters("127.0.0.1", "127.0.0.2")
                            .withChunk(1000));
    private final List<MesosAgent> agents = new ArrayList<>();
    private final List<MesosAgent> away = new ArrayList<>();
    private final Set<String> changedBehindThePartition = new HashSet<>();
    private final MesosOracle.Past past = new MesosOracle.Past();
    private final List<MesosFramework> frameworks = new ArrayList<>();
    private final Map<Integer, Integer> freePorts = new HashMap<>();
    private Random random = new Random(0);
    private int tasks;
    private int agentNumber;
    private int addresses;

    @Test
    void servedTablesEqualWhatTheStateImplies() throws Exception {
        long seed = Long.getLong("meridian.seed", new Random().nextLong());
        random = new Random(seed);
        frameworks.add(mesos.add(MesosFramework.of(1, "kafka", "10.0.1.9")));
        frameworks.add(
                mesos.add(MesosFramework.of(2, "Team.A/Spark_1", "10.0.1.8").withoutPartitions()));
        frameworks.add(mesos.add(MesosFramework.of(3, "aurora", "fd01:a::9")));
        for (int i = 0; i < 3; i++) {
            addAgent();
        }
        try (mesos;
                MesosHouse house =
                        MesosHouse.start(
                                        directory,
                                        mesos.urls(),
                                        Map.of(
                                                "meridian.vip.literals",
                                                "[\"1.2.3.0/24\"]",
                                                "meridian.dns.ip-sources",
                                                "[\"netinfo\",\"docker\",\"mesos\",\"host\"]",
                                                "meridian.sources.mesos.listing.interval",
                                                "500ms",
                                                "meridian.ingest.absence.unreachable-hold",
                                                "1s"))
                                .awaitReady()) {
            for (int round = 0; round < ROUNDS; round++) {
                for (int step = 0; step < STEPS; step++) {
                    step();
                    past.add(state());
                }
                if (round % 4 == 3) {
                    upheaval();
                }
                String when = "round " + round + " of -Dmeridian.seed=" + seed;
                house.awaitAgreement(
                        when,
                        new MesosOracle(
                                state(), List.of("netinfo", "docker", "mesos", "host"), past));
            }
        }
    }

    private JsonNode state() throws Exception {
        int leads = mesos.leader().startsWith("127.0.0.1") ? 0 : 1;
        return MesosHouse.state(mesos.urls().get(leads));
    }

    private void step() {
        List<String> running =
                mesos.taskStates().entrySet().stream()
                        .filter(task -> task.getValue().equals("TASK_RUNNING"))
                        .map(Map.Entry::getKey)
                        .toList();
        int dice = random.nextInt(26);
        if (dice < 9 || running.isEmpty()) {
            launch();
            return;
        }
        String task = running.get(random.nextInt(running.size()));
        switch (dice) {
            case 9, 10 -> mesos.update(task, "TASK_KILLING");
            case 11 -> mesos.update(task, "TASK_FAILED");
            case 12 -> mesos.update(task, "TASK_FINISHED");
            case 13 -> mesos.judge(task, false);
            case 14, 15 -> mesos.judge(task, true);
            case 16 -> mesos.disconnect(one(frameworks));
            case 17 -> mesos.reconnect(one(frameworks));
            case 18 -> {
                mesos.remove(agents.remove(random.nextInt(agents.size())));
                addAgent();
            }
            case 19 -> mesos.faults().cutStreams(Ending.RESET);
            case 20, 21 -> cutOff();
            case 22, 23 -> comeBack();
            case 24 -> changeBehindThePartition();
            default -> giveUp();
        }
    }

    private void cutOff() {
        if (agents.size() > 1) {
            MesosAgent agent = agents.remove(random.nextInt(agents.size()));
            mesos.unreachable(agent);
            away.add(agent);
        }
    }

    private void comeBack() {
        if (!away.isEmpty()) {
            MesosAgent agent = away.remove(random.nextInt(away.size()));
            MesosAgent now = random.nextBoolean() ? agent : agent.at(nextAddress());
            mesos.reregister(now);
            agents.add(now);
        }
    }

    /** Ends a task without an event until its agent reregisters. */
    private void changeBehindThePartition() {
        List<String> lost =
                mesos.taskStates().entrySet().stream()
                        .filter(
                                task ->
                                        Set.of("TASK_UNREACHABLE", "TASK_LOST")
                                                .contains(task.getValue()))
                        .map(Map.Entry::getKey)
                        .filter(changedBehindThePartition::add)
                        .toList();
        if (!lost.isEmpty()) {
            mesos.update(one(lost), one(List.of("TASK_KILLING", "TASK_FAILED", "TASK_FINISHED")));
        }
    }

    private void giveUp() {
        if (!away.isEmpty()) {
            mesos.giveUp(away.remove(random.nextInt(away.size())));
            mesos.faults().cutStreams(Ending.RESET);
        }
    }

    /**
     * Fails over to a new leader, with which most agents reregister, and some unreachable ones too.
     */
    private void upheaval() {
        mesos.failover();
        frameworks.forEach(mesos::reconnect);
        List<MesosAgent> before = List.copyOf(agents);
        MesosAgent stays = one(agents);
        agents.removeIf(agent -> !agent.equals(stays) && random.nextInt(4) == 0);
        agents.forEach(mesos::reregister);
        mesos.giveUpRecovered();
        if (random.nextBoolean()) {
            comeBack();
        }
        before.stream().filter(agent -> !agents.contains(agent)).forEach(away::add);
    }

    private void addAgent() {
        int number = agentNumber++;
        agents.add(
                mesos.register(
                        MesosAgent.of(number, nextAddress()).called("a" + number + ".example")));
    }

    private String nextAddress() {
        int number = addresses++;
        return number % 4 == 3 ? "fd01:a::" + number : "10.0.0." + (4 + number);
    }

    private void launch() {
        MesosAgent agent = one(agents);
        String name = one(NAMES);
        int index = Integer.parseInt(agent.id().replaceAll(".*-S", ""));
        int port = freePorts.merge(index, 31_000, (have, first) -> have + 2);
        TaskDraft draft = TaskDraft.of(name.replace('.', '_') + "." + tasks++, one(NAMES));
        Map<String, String> labels = new LinkedHashMap<>();
        int number = port;
        boolean bridge = false;
        switch (random.nextInt(5)) {
            case 0 -> draft.hostPorts(port, port + 1);
            case 1 -> {
                draft.docker("BRIDGE").hostPorts(port).mapping(port, 8080, "tcp");
                draft.address("", "172.17.0." + (2 + tasks % 200));
                labels.put("network-scope", "host");
                bridge = true;
            }
            case 2 -> {
                draft.hostPorts(port).mapping(port, 8080, "tcp");
                draft.address("mesos-bridge", "172.31.254." + (2 + tasks % 200));
                labels.put("network-scope", "host");
                bridge = true;
            }
            case 3 -> {
                draft.docker("USER").network("dcos6");
                draft.address("dcos6", "9.0.1." + tasks % 250, "fd01:b::" + (tasks + 1));
                labels.put("network-scope", "container");
                number = 8080;
            }
            default -> {
                draft.network("one").address("one", "9.1.0." + tasks % 250);
                draft.network("two").address("two", "9.2.0." + tasks % 250);
                number = 9000;
            }
        }
        if (random.nextInt(4) > 0) {
            draft.discovery(name);
            if (random.nextInt(3) > 0) {
                labels.put(
                        "VIP_0", one(List.of("/web:80", "db:5432", "1.2.3.4:99", "fd01:c::1:7")));
            }
            draft.port(number, one(List.of("", "http", "Ad_min")), "tcp", labels);
        }
        if (random.nextInt(5) == 0 && bridge) {
            draft.label("vip_port0", "tcp://labelled:9999");
        }
        if (random.nextInt(5) == 0) {
            draft.healthCheck();
        }
        if (random.nextInt(6) == 0) {
            draft.statusLabel("Docker.NetworkSettings.IPAddress", "172.17.9." + tasks % 250);
        }
        mesos.launch(one(frameworks), agent, draft);
        String id = name.replace('.', '_') + "." + (tasks - 1);
        switch (random.nextInt(6)) {
            case 0 -> {}
            case 1 -> mesos.runAhead(id);
            default -> mesos.run(id);
        }
    }

    private <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
