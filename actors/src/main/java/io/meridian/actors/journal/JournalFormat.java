package io.meridian.actors.journal;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

import io.meridian.domain.mesos.ClusterEvent;
import io.meridian.domain.mesos.MesosCluster;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.vip.VipPoolEvent;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * JSON codec of journal entries and state snapshots. An entry's name is {@code
 * <entity>.<event>.<version>}. The version grows when old bytes can no longer be read as the new
 * shape, and this class then still reads the old name. Any thread.
 */
public final class JournalFormat {
    /** Names of entries; never rename one, see docs/how-to/add-an-event-type.md. */
    private static final Map<String, Class<?>> ENTRIES =
            Map.ofEntries(
                    Map.entry("service.events.1", ServiceEventBatch.class),
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
                    Map.entry("vip-pool.reserved.1", VipPoolEvent.Reserved.class),
                    Map.entry("vip-pool.released.1", VipPoolEvent.Released.class));

    /** Names of the events within a {@code service.events.1}; the same rules. */
    private static final Map<String, Class<?>> SERVICE_EVENTS =
            Map.of(
                    "service.definition-revised.1", ServiceEvent.DefinitionRevised.class,
                    "service.instance-started.1", ServiceEvent.InstanceStarted.class,
                    "service.instance-changed.1", ServiceEvent.InstanceChanged.class,
                    "service.instance-ended.1", ServiceEvent.InstanceEnded.class,
                    "service.mesos-supplement-recorded.1",
                            ServiceEvent.MesosSupplementRecorded.class,
                    "service.removed.1", ServiceEvent.ServiceRemoved.class);

    private static final Map<Class<?>, String> NAMES = names();

    private final ObjectMapper json = mapper();

    /** Puts an event's name into its first field. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
    private interface NamedEvent {}

    private static ObjectMapper mapper() {
        ObjectMapper mapper =
                JsonMapper.builder()
                        .addModule(new JavaTimeModule())
                        .addModule(new Jdk8Module())
                        .addModule(new DomainModule())
                        .addMixIn(ServiceEvent.class, NamedEvent.class)
                        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .build();
        SERVICE_EVENTS.forEach((name, type) -> mapper.registerSubtypes(new NamedType(type, name)));
        return mapper;
    }

    /** The names of all entries that this program can read, sorted. */
    public static SortedSet<String> known() {
        return new TreeSet<>(ENTRIES.keySet());
    }

    /** The names of all events within entries that this program can read, sorted. */
    public static SortedSet<String> knownServiceEvents() {
        return new TreeSet<>(SERVICE_EVENTS.keySet());
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
        return json.writeValueAsBytes(persisted);
    }

    /**
     * Reads an entry. An unreadable event makes its whole entry unreadable: leaving it out would
     * lose state.
     *
     * @throws UnreadableEvent if this program does not know the name, or cannot read the bytes as
     *     an entry of that name
     */
    public Object decode(String name, byte[] bytes) throws UnreadableEvent {
        Class<?> type = ENTRIES.get(name);
        if (type == null) {
            throw new UnreadableEvent(unknown(name, ENTRIES.keySet()));
        }
        try {
            return json.readValue(bytes, type);
        } catch (InvalidTypeIdException e) {
            String event = e.getTypeId();
            throw event == null
                    ? damaged(name, e)
                    : new UnreadableEvent(unknown(event, SERVICE_EVENTS.keySet()), e);
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(name, e);
        }
    }

    private static UnreadableEvent damaged(String name, Exception cause) {
        return new UnreadableEvent(
                "cannot read journal entry: name=" + name + ": " + cause.getMessage(), cause);
    }

    /**
     * The error message for an unknown name: a newer program wrote the entry, or the name is none
     * of Meridian's.
     */
    private static String unknown(String name, Set<String> known) {
        int dot = name.lastIndexOf('.');
        String stem = (dot < 0 ? name : name.substring(0, dot)) + ".";
        int newest =
                known.stream()
                        .filter(one -> one.startsWith(stem))
                        .mapToInt(one -> Integer.parseInt(one.substring(stem.length())))
                        .max()
                        .orElse(0);
        return "cannot read journal entry: name="
                + name
                + ": "
                + (newest == 0
                        ? "this program knows no such entry"
                        : "this program knows version " + newest + " at most")
                + "; run the program that wrote it, or a newer one, so that no state is lost";
    }

    private static Map<Class<?>, String> names() {
        Map<Class<?>, String> names = new LinkedHashMap<>();
        known().forEach(name -> names.put(ENTRIES.get(name), name)); // the highest version wins
        return names;
    }
}
