package io.meridian.simulator.mesos;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.marathon.Json;
import io.meridian.simulator.marathon.fault.Ending;

import java.util.ArrayList;
import java.util.List;

/** The subscribers of the event stream. Any thread. */
final class Audience implements MesosFaults.Streams {
    private final List<RecordStream> streams = new ArrayList<>();
    private final MesosFaults faults = new MesosFaults(this);

    MesosFaults faults() {
        return faults;
    }

    /** Adds a subscriber and sends these records, with a heartbeat after the first. */
    synchronized void subscribe(RecordStream stream, List<byte[]> records) {
        stream.setSilent(faults.isSilent());
        for (int i = 0; i < records.size(); i++) {
            stream.offer(new RecordStream.Piece(RecordStream.framed(records.get(i)), Ending.GO_ON));
            if (i == 0) {
                stream.heartbeatNow();
            }
        }
        streams.add(stream);
    }

    synchronized void unsubscribe(RecordStream stream) {
        streams.remove(stream);
    }

    synchronized int size() {
        return streams.size();
    }

    /** Sends a record to all subscribers, subject to faults. Later subscribers do not get it. */
    void publish(JsonNode message) {
        if (size() > 0) {
            publish(Json.bytes(message));
        }
    }

    synchronized void publish(byte[] record) {
        if (!streams.isEmpty()) {
            faults.pass(record).ifPresent(piece -> streams.forEach(stream -> stream.offer(piece)));
        }
    }

    @Override
    public synchronized void end(Ending ending) {
        streams.forEach(stream -> stream.end(ending));
        streams.clear();
    }

    @Override
    public synchronized void silence(boolean on) {
        streams.forEach(stream -> stream.setSilent(on));
    }
}
