package io.meridian.domain.service;

/** Who runs the task; decides how a node reaches its own port-mapped tasks. */
public enum Containerizer {
    DOCKER,
    MESOS
}
