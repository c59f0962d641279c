package io.meridian.ipvs;

/** State of the interface that has the VIP routes. */
public enum LinkState {
    ABSENT,
    DOWN,
    UP
}
