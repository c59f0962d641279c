package io.meridian.simulator.mesos;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.Optional;

/** What the leading master knows of the cluster. Any thread. */
interface MasterBook {
    /** The content of a GET_STATE; empty if there is none to give. */
    Optional<JsonNode> getState();

    /**
     * The {@code /master/state} document.
     *
     * @param member {@code host:port} of the answering master
     * @param leader {@code host:port}
     */
    Optional<JsonNode> legacyState(String member, String leader);

    /**
     * As {@link #legacyState}, but perhaps without tasks: enough for {@link LegacyState#summary}.
     */
    Optional<JsonNode> withoutTasks(String member, String leader);

    /**
     * Offers SUBSCRIBED and a heartbeat to a stream, and everything that follows.
     *
     * @param empty SUBSCRIBED shows nothing
     */
    void subscribe(RecordStream stream, boolean empty);
}
