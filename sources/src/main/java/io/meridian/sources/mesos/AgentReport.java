package io.meridian.sources.mesos;

/**
 * An agent that is registered.
 *
 * @param pid {@code slave(1)@host:port}; empty if not said
 * @param hostname an address or a name
 */
record AgentReport(String id, String pid, String hostname) {}
