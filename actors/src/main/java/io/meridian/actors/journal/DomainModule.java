package io.meridian.actors.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.MesosFacts;
import io.meridian.domain.service.MesosSupplement;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;

import java.io.IOException;
import java.io.Serial;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.Function;

/**
 * Jackson mapping of the domain's types: ids and addresses as text, observations with a type name.
 */
public final class DomainModule extends SimpleModule {
    @Serial private static final long serialVersionUID = 1;

    public DomainModule() {
        super("meridian-domain");
        text(IpAddress.class, IpAddress::literal);
        text(ServiceId.class, ServiceId::parse);
        text(TaskId.class, TaskId::parse);
        text(LabelledVip.class, LabelledVip::text, LabelledVip::parse);
        text(
                AddressRange.class,
                text ->
                        AddressRange.parse(text)
                                .orElseThrow(
                                        () ->
                                                new IllegalArgumentException(
                                                        "\"" + text + "\" is not FIRST-LAST")));
        addKeyDeserializer(
                TaskId.class,
                new KeyDeserializer() {
                    @Override
                    public Object deserializeKey(String key, DeserializationContext context) {
                        return TaskId.parse(key);
                    }
                });
        addAbstractTypeMapping(SequencedSet.class, LinkedHashSet.class);
        addAbstractTypeMapping(SequencedMap.class, LinkedHashMap.class);
        setMixInAnnotation(Observation.class, ObservationNames.class);
        setMixInAnnotation(ClusterClaim.class, ClusterClaimNames.class);
        setMixInAnnotation(Instance.class, WithoutAbsentMesos.class);
        setMixInAnnotation(Service.class, WithoutEmptySupplements.class);
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Observation.Defined.class, name = "defined"),
        @JsonSubTypes.Type(value = Observation.TaskSeen.class, name = "task-seen"),
        @JsonSubTypes.Type(value = Observation.HealthSeen.class, name = "health-seen"),
        @JsonSubTypes.Type(value = Observation.Listed.class, name = "listed"),
        @JsonSubTypes.Type(value = Observation.MesosTaskSeen.class, name = "mesos-task-seen"),
        @JsonSubTypes.Type(value = Observation.MesosListed.class, name = "mesos-listed"),
        @JsonSubTypes.Type(value = Observation.Absent.class, name = "absent")
    })
    private interface ObservationNames {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = ClusterClaim.Masters.class, name = "masters"),
        @JsonSubTypes.Type(value = ClusterClaim.AgentSeen.class, name = "agent-seen"),
        @JsonSubTypes.Type(value = ClusterClaim.AgentGone.class, name = "agent-gone"),
        @JsonSubTypes.Type(value = ClusterClaim.FrameworkSeen.class, name = "framework-seen"),
        @JsonSubTypes.Type(value = ClusterClaim.FrameworkGone.class, name = "framework-gone"),
        @JsonSubTypes.Type(value = ClusterClaim.ClusterListed.class, name = "cluster-listed"),
        @JsonSubTypes.Type(value = ClusterClaim.Present.class, name = "present")
    })
    private interface ClusterClaimNames {}

    /**
     * Leaves out absent facts of Mesos: the bytes of instances without them stay as before the
     * field existed.
     */
    interface WithoutAbsentMesos {
        @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<MesosFacts> mesos();
    }

    interface WithoutEmptySupplements {
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        SequencedMap<TaskId, MesosSupplement> supplements();
    }

    private <T> void text(Class<T> type, Function<String, T> parse) {
        text(type, Object::toString, parse);
    }

    private <T> void text(
            Class<T> type, Function<? super T, String> write, Function<String, T> parse) {
        addSerializer(
                type,
                new JsonSerializer<T>() {
                    @Override
                    public void serialize(T value, JsonGenerator out, SerializerProvider context)
                            throws IOException {
                        out.writeString(write.apply(value));
                    }
                });
        addDeserializer(
                type,
                new JsonDeserializer<T>() {
                    @Override
                    public T deserialize(JsonParser in, DeserializationContext context)
                            throws IOException {
                        String text = in.getValueAsString();
                        if (text == null) {
                            throw context.wrongTokenException(
                                    in, type, in.currentToken(), "expected text");
                        }
                        try {
                            return parse.apply(text);
                        } catch (IllegalArgumentException unreadable) {
                            throw context.weirdStringException(text, type, unreadable.getMessage());
                        }
                    }
                });
    }
}
