package io.meridian.controlplane.artery;

import akka.remote.artery.tcp.TcpFraming;

import io.meridian.controlplane.OperatorException;

/** Marks the framing of cluster connections that refuses malformed lengths. */
public interface FrameGuard {
    /**
     * Checks that Akka will use this program's {@code TcpFraming} and not its own.
     *
     * @throws OperatorException if Akka's jar comes before this program's on the class path
     */
    static void requireInstalled() {
        if (!FrameGuard.class.isAssignableFrom(TcpFraming.class)) {
            throw new OperatorException(
                    "cannot open the cluster port: akka-remote precedes meridian on the class path,"
                            + " so malformed frames would not be refused; put meridian.jar first");
        }
    }
}
