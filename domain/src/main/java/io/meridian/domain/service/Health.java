package io.meridian.domain.service;

/** The verdict of a task's health checks. */
public enum Health {
    /** No verdict has come; says nothing about a task that had one (leaders forget verdicts). */
    UNKNOWN,
    HEALTHY,
    UNHEALTHY
}
