package io.meridian.domain.service;

/**
 * The Mesos containerizer that runs a task; decides how a node reaches its own port-mapped tasks.
 */
public enum Containerizer {
    DOCKER,
    MESOS
}
