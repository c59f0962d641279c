package io.meridian.dns.transfer;

import io.meridian.dns.PortPair;
import io.meridian.testkit.Requirement;
import io.meridian.testkit.SystemPackage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A real Knot DNS or NSD that follows zone {@code mesos}, on a free port of a loopback address. */
final class Secondary implements AutoCloseable {
    static final String KEY = "xfr.example";
    static final String SECRET = Base64.getEncoder().encodeToString(new byte[32]);

    enum Kind {
        KNOT,
        NSD
    }

    private final Kind kind;
    private final Path folder;
    private final InetSocketAddress address;
    private final boolean signed;
    private Optional<Process> process = Optional.empty();

    /**
     * @param folder empty folder for the program's files
     * @param signed whether all messages between secondary and primary are signed with {@link #KEY}
     */
    Secondary(Kind kind, Path folder, boolean signed) throws IOException {
        this.kind = kind;
        this.folder = folder;
        this.signed = signed;
        this.address = PortPair.free();
    }

    /** Address of the secondary once it runs. */
    InetSocketAddress address() {
        return address;
    }

    void start(InetSocketAddress primary) throws IOException {
        String where = primary.getAddress().getHostAddress() + "@" + primary.getPort();
        Path config = folder.resolve("secondary.conf");
        Files.writeString(config, kind == Kind.KNOT ? knot(where) : nsd(where));
        List<String> command =
                switch (kind) {
                    case KNOT ->
                            List.of(
                                    Requirement.program(SystemPackage.KNOT),
                                    "-c",
                                    config.toString());
                    case NSD ->
                            List.of(
                                    Requirement.program(SystemPackage.NSD),
                                    "-d",
                                    "-c",
                                    config.toString());
                };
        process =
                Optional.of(
                        new ProcessBuilder(command)
                                .redirectErrorStream(true)
                                .redirectOutput(
                                        ProcessBuilder.Redirect.appendTo(
                                                folder.resolve("out").toFile()))
                                .start());
    }

    private String knot(String primary) {
        String key = signed ? "  key: " + KEY : "";
        return """
        server:
          listen: %s@%d
          rundir: %s
          udp-workers: 1
          tcp-workers: 1
          background-workers: 1
        control:
          listen: %s/knot.sock
        log:
        - target: stderr
          any: info
        database:
          storage: %s
        key:
        - id: %s
          algorithm: hmac-sha256
          secret: %s
        remote:
        - id: primary
          address: %s
        %s
        acl:
        - id: notify
          address: 127.0.0.0/8
          action: notify
        %s
        - id: transfer
          address: 127.0.0.0/8
          action: transfer
        zone:
        - domain: mesos
          storage: %s
          master: primary
          acl: [notify, transfer]
        """
                .formatted(
                        host(),
                        address.getPort(),
                        folder,
                        folder,
                        folder,
                        KEY,
                        SECRET,
                        primary,
                        key,
                        key,
                        folder);
    }

    private String nsd(String primary) {
        String key = signed ? KEY : "NOKEY";
        return """
        server:
          ip-address: %s@%d
          port: %d
          username: ""
          chroot: ""
          database: ""
          zonesdir: "%s"
          zonelistfile: "%s/zone.list"
          xfrdfile: "%s/xfrd.state"
          xfrdir: "%s"
          pidfile: "%s/nsd.pid"
          server-count: 1
          xfrd-reload-timeout: 0
          verbosity: 3
        remote-control:
          control-enable: no
        key:
          name: %s
          algorithm: hmac-sha256
          secret: "%s"
        zone:
          name: mesos
          request-xfr: %s %s
          allow-notify: 127.0.0.0/8 %s
          provide-xfr: 127.0.0.0/8 NOKEY
        """
                .formatted(
                        host(),
                        address.getPort(),
                        address.getPort(),
                        folder,
                        folder,
                        folder,
                        folder,
                        folder,
                        KEY,
                        SECRET,
                        primary,
                        key,
                        key);
    }

    private String host() {
        return address.getAddress().getHostAddress();
    }

    String log() {
        try {
            return Files.readString(folder.resolve("out"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.ifPresent(Programs::end);
    }
}
