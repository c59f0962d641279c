package io.meridian.simulator.marathon.fault;

/** What becomes of the connection after something was written. */
public enum Ending {
    /** It stays. */
    GO_ON,
    /** FIN: what a stopping process leaves. */
    CLOSE,
    /** RST: what a dead host or a firewall leaves. */
    RESET
}
