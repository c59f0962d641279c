package io.meridian.controlplane.artery;

import akka.actor.ActorSystem;
import akka.remote.artery.tcp.SSLEngineProvider;
import akka.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import scala.Option;

import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * TLS of cluster connections, as Akka's {@link RotatingKeysSSLEngineProvider} does it, with a log
 * line for handshakes that this node refuses as a server: Akka says nothing about them. Akka makes
 * one by name for each actor system.
 */
public final class LoggedHandshakes implements SSLEngineProvider {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedHandshakes.class);
    private static final AtomicLong REFUSED = new AtomicLong();

    private final SSLEngineProvider engines;

    public LoggedHandshakes(ActorSystem system) {
        this.engines = new RotatingKeysSSLEngineProvider(system);
    }

    @Override
    public SSLEngine createServerSSLEngine(String hostname, int port) {
        return new ObservedEngine(
                engines.createServerSSLEngine(hostname, port), LoggedHandshakes::refused);
    }

    @Override
    public SSLEngine createClientSSLEngine(String hostname, int port) {
        return engines.createClientSSLEngine(hostname, port);
    }

    @Override
    public Option<Throwable> verifyClientSession(String hostname, SSLSession session) {
        return engines.verifyClientSession(hostname, session);
    }

    @Override
    public Option<Throwable> verifyServerSession(String hostname, SSLSession session) {
        Option<Throwable> refusal = engines.verifyServerSession(hostname, session);
        if (refusal.isDefined()) {
            log(String.valueOf(refusal.get().getMessage()));
        }
        return refusal;
    }

    private static void refused(SSLException failure) {
        log(String.valueOf(failure.getMessage()));
    }

    /** Logs the 1st, 2nd, 4th, 8th... refusal, so that a stranger cannot fill the log. */
    private static void log(String why) {
        long times = REFUSED.incrementAndGet();
        if (Long.bitCount(times) == 1) {
            LOG.warn(
                    "closed a cluster connection: refused={}: TLS: {}; if a node cannot join,"
                            + " compare its cluster.tls with this node's",
                    times,
                    why);
        }
    }
}
