package io.meridian.controlplane;

/** Something that runs until it is closed; closing ends within seconds. */
public interface Running extends AutoCloseable {
    @Override
    void close();

    /** Returns when it has ended by itself, with the process's exit code. */
    int awaitEnd() throws InterruptedException;
}
