package io.meridian.sources.mesos;

/**
 * A registered agent as the master reports it.
 *
 * @param pid {@code slave(1)@host:port}; empty if the report has none
 * @param hostname an address or a name
 */
record AgentReport(String id, String pid, String hostname) {}
