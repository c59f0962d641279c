package io.meridian.controlplane.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.japi.function.Function;

import io.meridian.controlplane.config.CompatSettings;
import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.config.ConfigurationException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

class HttpListenerTest {
    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Function<HttpRequest, CompletionStage<HttpResponse>> OK =
            _ -> CompletableFuture.completedFuture(HttpResponse.create());

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void aPortInUseIsReportedWithFileLineAndKey(@TempDir Path directory) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Path file =
                    Files.writeString(
                            directory.resolve("node.conf"),
                            "meridian {\n  compat.mesos-dns.listen = \"" + address + "\"\n}\n");
            Configuration configuration = Configuration.load(Optional.of(file), Map.of());
            CompatSettings settings = configuration.read(CompatSettings::from);

            assertThatThrownBy(
                            () ->
                                    listener(configuration)
                                            .open(
                                                    CompatSettings.MESOS_DNS,
                                                    settings.mesosDns().orElseThrow(),
                                                    true,
                                                    OK))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("setting meridian.compat.mesos-dns.listen must be")
                    .hasMessageContaining("was " + address)
                    .hasMessageContaining("node.conf: 2")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void portZeroIsAFreePort() {
        Configuration configuration =
                Configuration.load(
                        Optional.empty(), Map.of("compat.dcos-net.listen", "127.0.0.1:0"));

        assertThat(
                        listener(configuration)
                                .open(
                                        CompatSettings.DCOS_NET,
                                        configuration
                                                .read(CompatSettings::from)
                                                .dcosNet()
                                                .orElseThrow(),
                                        true,
                                        OK)
                                .getPort())
                .isPositive();
    }

    private static HttpListener listener(Configuration configuration) {
        return new HttpListener(
                KIT.system(), configuration, configuration.read(HttpSettings::from));
    }
}
