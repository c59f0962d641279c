package io.meridian.ipvs;

/** Condition of the interface that VIPs are routed on. */
public enum LinkState {
    ABSENT,
    DOWN,
    UP
}
