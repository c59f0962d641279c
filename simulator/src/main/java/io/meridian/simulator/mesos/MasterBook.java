package io.meridian.simulator.mesos;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.Optional;

/** The leading master's knowledge of the cluster. Any thread. */
interface MasterBook {
    /** The content of a GET_STATE; empty if this book has none. */
    Optional<JsonNode> getState();

    /**
     * The {@code /master/state} document.
     *
     * @param member {@code host:port} of the answering master
     * @param leader {@code host:port} of the leading master
     */
    Optional<JsonNode> legacyState(String member, String leader);

    /**
     * Like {@link #legacyState}, but tasks may be missing; enough for {@link LegacyState#summary}.
     */
    Optional<JsonNode> withoutTasks(String member, String leader);

    /**
     * Sends SUBSCRIBED, a heartbeat and all later records to a stream.
     *
     * @param empty whether SUBSCRIBED shows an empty cluster
     */
    void subscribe(RecordStream stream, boolean empty);
}
