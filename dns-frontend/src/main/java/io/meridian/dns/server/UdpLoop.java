package io.meridian.dns.server;

/** Serves one UDP socket on a thread of its own. */
interface UdpLoop {
    /** Answers until {@link #stop}. */
    void run();

    /** Makes {@link #run} return; any thread may call it. */
    void stop();

    /** Frees the port, after {@link #run} has returned. */
    void release();
}
