package io.meridian.controlplane.cli;

import io.meridian.controlplane.config.ConfigurationException;
import io.meridian.domain.lb.Admission;
import io.meridian.domain.lb.HealthMemory;
import io.meridian.domain.lb.LabelValues;
import io.meridian.domain.lb.LbRules;
import io.meridian.domain.lb.Problem;
import io.meridian.domain.lb.RefusedException;
import io.meridian.domain.lb.ServicePorts.PortRange;
import io.meridian.lb.MarathonLb;
import io.meridian.lb.render.LbOptions;
import io.meridian.lb.render.Templates;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** {@code meridian lb}: the layer-7 load balancer. */
@Command(
        name = "lb",
        description = "Layer-7 load balancer in the place of Marathon-LB.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = LbCommand.Render.class)
public final class LbCommand {
    /** {@code meridian lb render}: one document of apps to HAProxy's files. */
    @Command(
            name = "render",
            description =
                    "Write haproxy.cfg and the map files that follow from one answer of Marathon."
                            + " Templates come from HAPROXY_* of the environment and from"
                            + " templates/ in the working directory. Needs neither HAProxy nor a"
                            + " database. Exit code 0: written; 2: one line says what is wrong.")
    static final class Render implements Callable<Integer> {
        @Option(
                names = "--apps",
                required = true,
                paramLabel = "FILE",
                description = "Answer of GET /v2/apps?embed=apps.tasks (JSON).")
        private Path apps = Path.of("");

        @Option(
                names = "--out",
                required = true,
                paramLabel = "DIR",
                description = "Directory for haproxy.cfg and the map files; created if absent.")
        private Path out = Path.of("");

        @Option(
                names = "--profile",
                defaultValue = "marathon-lb",
                description = "Layout of the text: marathon-lb (default).")
        private String profile = "";

        @Option(
                names = "--literal",
                description =
                        "Write Marathon-LB's own texts of HSTS, PROXYPASS and REVPROXY, which"
                                + " HAProxy from 2.1 on refuses.")
        private boolean literal;

        @Option(
                names = "--haproxy-config",
                defaultValue = "/etc/haproxy/haproxy.cfg",
                paramLabel = "PATH",
                description =
                        "Path of the configuration where HAProxy runs; the text names the map"
                                + " files beside it.")
        private Path config = Path.of("");

        @Option(
                names = "--group",
                paramLabel = "NAME",
                description = "Group to serve, repeatable; * = all apps.")
        private List<String> groups = List.of();

        @Option(
                names = "--strict-mode",
                description = "Serve a port only with the label HAPROXY_{n}_ENABLED=true.")
        private boolean strict;

        @Option(
                names = {"--health-check", "-H"},
                description = "Serve a task of an app with health checks only if one says alive.")
        private boolean health;

        @Option(names = "--haproxy-map", description = "Look hosts and app ids up in map files.")
        private boolean maps;

        @Option(
                names = "--dont-bind-http-https",
                description = "Write no frontends for ports 80 and 443.")
        private boolean withoutHttpAndHttps;

        @Option(
                names = "--group-https-by-vhost",
                description = "Write one TLS frontend for each vhost.")
        private boolean byVhost;

        @Option(
                names = "--ssl-certs",
                defaultValue = "/etc/ssl/cert.pem",
                paramLabel = "LIST",
                description = "Certificates of port 443, separated by commas.")
        private String certificates = "";

        @Option(
                names = "--skip-validation",
                description = "Keep ports that HAProxy is known to refuse.")
        private boolean skipValidation;

        @Option(
                names = {"--dry", "-d"},
                description = "Print haproxy.cfg and write no file.")
        private boolean dry;

        @Option(
                names = "--min-serv-port-ip-per-task",
                defaultValue = "10050",
                description = "Lowest service port to assign; 0 for both ends = none.")
        private int minPort;

        @Option(
                names = "--max-serv-port-ip-per-task",
                defaultValue = "10100",
                description = "Highest service port to assign; 0 for both ends = none.")
        private int maxPort;

        @Spec private @Nullable CommandSpec spec;
        @Mixin private final IgnoredLbFlags ignored = new IgnoredLbFlags();

        @Override
        public Integer call() {
            CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
            PrintWriter err = commandLine.getErr();
            try {
                MarathonLb.Result result = marathonLb(System.getenv()).render(bytes(apps));
                for (Problem problem : result.problems()) {
                    err.println("meridian: " + problem.line());
                }
                if (dry) {
                    commandLine.getOut().print(result.config());
                    commandLine.getOut().flush();
                } else if (result.nothingLeft()) {
                    err.println(
                            "meridian: no port is left that HAProxy takes; the files in "
                                    + out
                                    + " stay as they are");
                } else {
                    write(result);
                }
                return 0;
            } catch (RefusedException e) {
                throw new ConfigurationException("lb render: " + apps + ": " + e.getMessage());
            } catch (IOException e) {
                throw new ConfigurationException("lb render: cannot write to " + out + ": " + e);
            }
        }

        private MarathonLb marathonLb(Map<String, String> environment) {
            refuse(!profile.equals("marathon-lb"), "--profile=" + profile + ": use marathon-lb");
            refuse(groups.isEmpty(), "--group is missing: name at least one group, or *");
            refuse(
                    (minPort == 0) != (maxPort == 0) || minPort < 0 || minPort > maxPort,
                    "--min-serv-port-ip-per-task="
                            + minPort
                            + " --max-serv-port-ip-per-task="
                            + maxPort
                            + ": use 1 <= min <= max <= 65535, or 0 for both");
            refuse(maxPort > 65535, "--max-serv-port-ip-per-task=" + maxPort + ": use <= 65535");
            Path directory = config.toAbsolutePath().normalize().getParent();
            Map<String, @Nullable String> addresses = new HashMap<>();
            LbRules rules =
                    new LbRules(
                            groups,
                            strict,
                            environment.get("FRAMEWORK_NAME"),
                            minPort == 0 ? null : new PortRange(minPort, maxPort),
                            new Admission(health, new HealthMemory(1)),
                            host -> addresses.computeIfAbsent(host, Render::address));
            LbOptions options =
                    new LbOptions(
                            maps,
                            !withoutHttpAndHttps,
                            byVhost,
                            LabelValues.list(certificates),
                            String.valueOf(directory));
            try {
                Templates templates =
                        Templates.of(environment, templateFiles(Path.of("templates")), literal);
                return new MarathonLb(rules, options, templates, !skipValidation);
            } catch (RefusedException e) {
                throw new ConfigurationException("lb render: " + e.getMessage());
            }
        }

        private static void refuse(boolean wrong, String reason) {
            if (wrong) {
                throw new ConfigurationException("lb render: " + reason);
            }
        }

        private static byte[] bytes(Path file) {
            try {
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw new ConfigurationException("lb render: cannot read " + file + ": " + e);
            }
        }

        private static Map<String, String> templateFiles(Path folder) {
            Map<String, String> files = new TreeMap<>();
            if (!Files.isDirectory(folder)) {
                return files;
            }
            try (Stream<Path> found = Files.list(folder)) {
                for (Path file : found.filter(Files::isRegularFile).toList()) {
                    files.put(
                            file.getFileName().toString(),
                            Files.readString(file, StandardCharsets.UTF_8));
                }
                return files;
            } catch (IOException e) {
                throw new ConfigurationException(
                        "lb render: cannot read the templates in " + folder + ": " + e);
            }
        }

        /** First IPv4 address of the host; null if the name is unknown or has IPv6 only. */
        private static @Nullable String address(String host) {
            try {
                for (InetAddress address : InetAddress.getAllByName(host)) {
                    if (address instanceof Inet4Address) {
                        return address.getHostAddress();
                    }
                }
                return null;
            } catch (UnknownHostException e) {
                return null;
            }
        }

        /** Map files of a former run are emptied when maps are off, as Marathon-LB does. */
        private void write(MarathonLb.Result result) throws IOException {
            Files.createDirectories(out);
            Map<String, String> files = new TreeMap<>();
            files.put("domain2backend.map", result.domains());
            files.put("app2backend.map", result.apps());
            for (Map.Entry<String, String> map : files.entrySet()) {
                if (maps || Files.exists(out.resolve(map.getKey()))) {
                    replace(out.resolve(map.getKey()), map.getValue());
                }
            }
            replace(out.resolve("haproxy.cfg"), result.config());
        }

        private static void replace(Path file, String text) throws IOException {
            Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
            Files.writeString(fresh, text, StandardCharsets.UTF_8);
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
