package io.meridian.controlplane;

/** A program that runs until it is closed. {@link #close} returns within seconds. */
public interface Program extends AutoCloseable {
    @Override
    void close();

    /**
     * Blocks until the program ends by itself.
     *
     * @return the exit code of the process
     */
    int awaitEnd() throws InterruptedException;
}
