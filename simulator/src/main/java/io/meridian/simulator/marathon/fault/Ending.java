package io.meridian.simulator.marathon.fault;

/** How a connection ends after a write. */
public enum Ending {
    /** The connection stays open. */
    GO_ON,
    /** FIN, as from a stopping process. */
    CLOSE,
    /** RST, as from a dead host or a firewall. */
    RESET
}
