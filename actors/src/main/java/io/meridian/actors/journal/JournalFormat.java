package io.meridian.actors.journal;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

import io.meridian.domain.mesos.ClusterEvent;
import io.meridian.domain.mesos.MesosCluster;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.vip.VipPoolEvent;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Names and bytes of everything that is persisted. A name is {@code <entity>.<fact>.<version>}; the
 * version grows when old bytes can no longer be read as the new shape, and the old name then stays
 * readable here.
 */
public final class JournalFormat {
    /**
     * Written names, each with its type; never rename one, see docs/how-to/add-an-event-type.md.
     */
    private static final Map<String, Class<?>> TYPES =
            Map.ofEntries(
                    Map.entry("service.definition-revised.1", ServiceEvent.DefinitionRevised.class),
                    Map.entry("service.instance-started.1", ServiceEvent.InstanceStarted.class),
                    Map.entry("service.instance-changed.1", ServiceEvent.InstanceChanged.class),
                    Map.entry("service.instance-ended.1", ServiceEvent.InstanceEnded.class),
                    Map.entry("service.instance-missed.1", ServiceEvent.InstanceMissed.class),
                    Map.entry(
                            "service.mesos-supplement-recorded.1",
                            ServiceEvent.MesosSupplementRecorded.class),
                    Map.entry("service.removed.1", ServiceEvent.ServiceRemoved.class),
                    Map.entry("service.several.1", ServiceEvent.Several.class),
                    Map.entry("service.state.1", Service.class),
                    Map.entry("mesos-cluster.masters-changed.1", ClusterEvent.MastersChanged.class),
                    Map.entry("mesos-cluster.agent-changed.1", ClusterEvent.AgentChanged.class),
                    Map.entry("mesos-cluster.agent-removed.1", ClusterEvent.AgentRemoved.class),
                    Map.entry(
                            "mesos-cluster.framework-changed.1",
                            ClusterEvent.FrameworkChanged.class),
                    Map.entry(
                            "mesos-cluster.framework-removed.1",
                            ClusterEvent.FrameworkRemoved.class),
                    Map.entry("mesos-cluster.state.1", MesosCluster.class),
                    Map.entry("vip-pool.reserved.1", VipPoolEvent.Reserved.class));

    private static final Map<Class<?>, String> NAMES = names();

    private final ObjectMapper json =
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    .addModule(new Jdk8Module())
                    .addModule(new DomainModule())
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    /** All names this program can read, sorted. */
    public static SortedSet<String> known() {
        return new TreeSet<>(TYPES.keySet());
    }

    /**
     * The name under which an object is persisted.
     *
     * @throws IllegalArgumentException if its type has none
     */
    public String name(Object persisted) {
        String name = NAMES.get(persisted.getClass());
        if (name == null) {
            throw new IllegalArgumentException(
                    persisted.getClass().getName() + " has no name in the journal");
        }
        return name;
    }

    public byte[] encode(Object persisted) throws IOException {
        return json.writeValueAsBytes(
                persisted instanceof ServiceEvent.Several several ? named(several) : persisted);
    }

    /** {@link ServiceEvent.Several} as written: each fact beside the name that it has alone. */
    private record NamedFacts(ServiceId service, List<NamedFact> facts) {}

    private record NamedFact(String name, Object fact) {}

    private NamedFacts named(ServiceEvent.Several several) {
        return new NamedFacts(
                several.service(),
                several.facts().stream().map(fact -> new NamedFact(name(fact), fact)).toList());
    }

    private ServiceEvent.Several several(byte[] bytes) throws IOException, UnreadableEvent {
        ServiceId service = null;
        List<ServiceEvent> facts = new ArrayList<>();
        try (JsonParser in = json.createParser(bytes)) {
            expect(JsonToken.START_OBJECT, in.nextToken(), in);
            for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
                JsonToken value = in.nextToken();
                switch (field) {
                    case "service" -> service = json.readValue(in, ServiceId.class);
                    case "facts" -> {
                        expect(JsonToken.START_ARRAY, value, in);
                        while (in.nextToken() != JsonToken.END_ARRAY) {
                            facts.add(fact(in));
                        }
                    }
                    default -> in.skipChildren();
                }
            }
        }
        if (service == null) {
            throw new UnreadableEvent("journal entry with facts of no service");
        }
        return new ServiceEvent.Several(service, facts);
    }

    /** One fact beside its name; the name comes first in what this program writes. */
    private ServiceEvent fact(JsonParser in) throws IOException, UnreadableEvent {
        expect(JsonToken.START_OBJECT, in.currentToken(), in);
        String name = "";
        Object fact = null;
        JsonNode unnamed = null;
        for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
            in.nextToken();
            switch (field) {
                case "name" -> name = in.getText();
                case "fact" -> {
                    if (name.isEmpty()) {
                        unnamed = json.readTree(in);
                    } else {
                        fact = json.readValue(in, factType(name));
                    }
                }
                default -> in.skipChildren();
            }
        }
        Class<?> type = factType(name);
        Object read = unnamed == null ? fact : json.treeToValue(unnamed, type);
        if (read == null) {
            throw new UnreadableEvent("journal entry " + name + " tells no fact");
        }
        return (ServiceEvent) read;
    }

    private static Class<?> factType(String name) throws UnreadableEvent {
        Class<?> type = type(name);
        if (!ServiceEvent.class.isAssignableFrom(type)) {
            throw new UnreadableEvent("journal entry " + name + " is no fact about a service");
        }
        return type;
    }

    private static void expect(JsonToken expected, JsonToken found, JsonParser in)
            throws IOException {
        if (found != expected) {
            throw new JsonParseException(in, "expected " + expected + ": was " + found);
        }
    }

    /**
     * @throws UnreadableEvent for a name that this program does not know, or bytes that are not
     *     what the name says
     */
    public Object decode(String name, byte[] bytes) throws UnreadableEvent {
        Class<?> type = type(name);
        try {
            return type == ServiceEvent.Several.class
                    ? several(bytes)
                    : json.readValue(bytes, type);
        } catch (IOException | IllegalArgumentException damaged) {
            throw new UnreadableEvent(
                    "journal entry " + name + " is not readable: " + damaged.getMessage(), damaged);
        }
    }

    private static Class<?> type(String name) throws UnreadableEvent {
        Class<?> type = TYPES.get(name);
        if (type == null) {
            throw new UnreadableEvent(unknown(name));
        }
        return type;
    }

    /** Why a name cannot be read: newer than this program, or not ours at all. */
    static String unknown(String name) {
        int dot = name.lastIndexOf('.');
        String stem = dot < 0 ? name : name.substring(0, dot);
        int newest = 0;
        for (String known : TYPES.keySet()) {
            if (known.startsWith(stem + ".") && known.lastIndexOf('.') == stem.length()) {
                newest = Math.max(newest, Integer.parseInt(known.substring(stem.length() + 1)));
            }
        }
        return "journal entry "
                + name
                + " is newer than this program knows ("
                + (newest == 0 ? "no such entry" : "max " + newest)
                + "); refusing to go on so that state is not lost: run the program that wrote it,"
                + " or a newer one";
    }

    private static Map<Class<?>, String> names() {
        Map<Class<?>, String> names = new LinkedHashMap<>();
        new TreeSet<>(TYPES.keySet())
                .forEach(name -> names.put(TYPES.get(name), name)); // the highest version wins
        return names;
    }
}
