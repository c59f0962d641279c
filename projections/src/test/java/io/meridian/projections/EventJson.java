package io.meridian.projections;

import akka.serialization.SerializerWithStringManifest;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.domain.service.ServiceEvent;

import java.io.IOException;
import java.io.NotSerializableException;
import java.io.UncheckedIOException;

/** Serializes any event as JSON under its class name; stable within one test run only. */
public final class EventJson extends SerializerWithStringManifest {
    private static final ObjectMapper MAPPER =
            ServiceJson.MAPPER.copy().addMixIn(ServiceEvent.class, WithClassName.class);

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS, property = "class")
    private interface WithClassName {}

    @Override
    public int identifier() {
        return 900_001;
    }

    @Override
    public String manifest(Object event) {
        return event.getClass().getName();
    }

    @Override
    public byte[] toBinary(Object event) {
        try {
            return MAPPER.writeValueAsBytes(event);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        try {
            return MAPPER.readValue(bytes, Class.forName(manifest));
        } catch (IOException | ClassNotFoundException e) {
            throw new NotSerializableException(manifest + ": " + e);
        }
    }
}
