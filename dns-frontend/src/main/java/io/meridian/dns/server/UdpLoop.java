package io.meridian.dns.server;

/** One UDP socket and what serves it. */
interface UdpLoop {
    /** Answers until {@link #stop}; on a thread of its own. */
    void run();

    /** Makes {@link #run} return; any thread may call it. */
    void stop();

    /** Frees the port, after {@link #run} has returned. */
    void release();
}
