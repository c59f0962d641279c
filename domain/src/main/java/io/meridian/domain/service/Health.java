package io.meridian.domain.service;

/** The verdict of a task's health checks. */
public enum Health {
    /**
     * No verdict. An observation with this value keeps an earlier verdict, because a new Marathon
     * leader forgets verdicts.
     */
    UNKNOWN,
    HEALTHY,
    UNHEALTHY
}
