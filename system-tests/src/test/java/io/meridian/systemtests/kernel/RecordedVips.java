package io.meridian.systemtests.kernel;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The kernel table and DNS data that Marathon's listing implies, computed without the program: VIP
 * labels of port mappings, and ports of running tasks in the same order. Every mapping in the
 * recording must have a host port.
 *
 * @param realServers real servers {@code address:port} by VIP, {@code protocol label} such as
 *     {@code tcp /web:80}
 * @param tasks addresses of the tasks themselves, by app
 * @param ports {@code address:port} of each TCP mapping of each task at the task's own address, by
 *     app
 */
record RecordedVips(
        Map<String, SortedSet<String>> realServers,
        Map<String, SortedSet<String>> tasks,
        Map<String, SortedSet<String>> ports) {

    static RecordedVips of(JsonNode apps) {
        RecordedVips all = new RecordedVips(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        for (JsonNode app : apps.path("apps")) {
            for (JsonNode task : app.path("tasks")) {
                if (task.path("state").asText().equals("TASK_RUNNING")) {
                    all.add(app, task);
                }
            }
        }
        return all;
    }

    private void add(JsonNode app, JsonNode task) {
        String id = app.path("id").asText();
        String own = task.path("ipAddresses").path(0).path("ipAddress").asText();
        put(tasks, id, own);
        int index = 0;
        for (JsonNode mapping : app.path("container").path("portMappings")) {
            int port = task.path("ports").path(index++).asInt();
            for (String protocol : Arrays.asList(mapping.path("protocol").asText().split(","))) {
                if (protocol.equals("tcp")) {
                    put(ports, id, own + ":" + port);
                }
                for (JsonNode label : mapping.path("labels")) {
                    put(
                            realServers,
                            protocol + " " + label.asText(),
                            task.path("host").asText() + ":" + port);
                }
            }
        }
    }

    private static void put(Map<String, SortedSet<String>> map, String key, String value) {
        map.computeIfAbsent(key, _ -> new TreeSet<>()).add(value);
    }

    /**
     * The expected lines of {@code ipvsadm -Sn}.
     *
     * @param named address of each named VIP, by its name
     */
    SortedSet<String> kernelLines(Map<String, String> named) {
        SortedSet<String> lines = new TreeSet<>();
        realServers.forEach(
                (vip, reals) -> {
                    String option = vip.startsWith("udp ") ? "-u " : "-t ";
                    String label = vip.substring(4);
                    int colon = label.lastIndexOf(':');
                    String name = label.substring(0, colon);
                    String server =
                            option + named.getOrDefault(name, name) + label.substring(colon);
                    lines.add("-A " + server + " -s wlc");
                    reals.forEach(real -> lines.add("-a " + server + " -r " + real + " -m -w 1"));
                });
        return lines;
    }
}
