package io.meridian.sources.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;

import io.meridian.sources.http.BadSettingException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.time.Duration;
import java.util.List;

class MesosSettingsTest {
    @Test
    void defaultsAreThoseOfTheReferenceAndTurnTheSourceOff() {
        MesosSettings settings = read("");
        assertThat(settings.enabled()).isFalse();
        assertThat(settings.recordMaxSize())
                .isEqualTo(Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 5));
        assertThat(settings.failover().reregisterTimeout()).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.failover().quietPeriod()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.polling().interval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.bridgeNetworks()).containsExactly("mesos-bridge");
        assertThat(settings.marathon()).isEmpty();
    }

    @Test
    void aMarathonSourceOwnsItsFramework() {
        assertThat(
                        MesosSettings.from(
                                        ConfigFactory.parseString(
                                                        "meridian.sources.marathon { urls ="
                                                            + " [\"http://m:8080\"], framework-name"
                                                            + " = mom }")
                                                .withFallback(ConfigFactory.defaultReference())
                                                .resolve())
                                .marathon()
                                .map(MarathonFramework::name))
                .contains("mom");
    }

    @Test
    void urlsOrZooKeeperTurnTheSourceOn() {
        assertThat(read("urls = [\"https://dcos.example.org/mesos/\"]").connection().urls())
                .containsExactly(URI.create("https://dcos.example.org/mesos"));
        assertThat(read("zookeeper = \"zk://a,b:99,[fd00::1]/mesos/x/\"").zookeeper())
                .contains(
                        new ZooKeeperAddress(
                                "", List.of("a:2181", "b:99", "[fd00::1]:2181"), "/mesos/x"));
    }

    @Test
    void secretsAreNotPrinted() {
        assertThat(
                        read("credentials { username = u, password = hunter2 },"
                                        + " zookeeper = \"zk://me:hunter2@a/mesos\"")
                                .toString())
                .doesNotContain("hunter2");
        assertThatThrownBy(() -> read("zookeeper = \"zk://me:hunter2@a\""))
                .isInstanceOf(BadSettingException.class)
                .hasMessageContaining("meridian.sources.mesos.zookeeper")
                .extracting(Throwable::getMessage)
                .asString()
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a:2181/mesos",
                "zk://",
                "zk://a",
                "zk://a/",
                "zk:///mesos",
                "zk://a,,b/mesos",
                "zk://a:port/mesos",
                "zk://user@a/mesos",
                "http://a/mesos"
            })
    void anInvalidZooKeeperUrlIsRefused(String text) {
        assertThat(ZooKeeperAddress.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "urls = [\"mesos:5050\"]|meridian.sources.mesos.urls must be http",
                "urls = [\"http://u:p@mesos:5050\"]|must not hold credentials",
                "polling.interval = 29 s|polling.interval must be between 30 s and 86400 s: was 29",
                "scheme = ftp|meridian.sources.mesos.scheme must be http or https",
                "records.max-size = 1|records.max-size must be between 1024",
                "backoff { min = 10 s, max = 1 s }|backoff.max must be between 10 s",
                "credentials { password = x }|credentials.username must be set"
            })
    void aWrongValueIsReportedInOneLine(String setting, String message) {
        assertThatThrownBy(() -> read(setting))
                .isInstanceOf(BadSettingException.class)
                .hasMessageContaining(message);
    }

    private static MesosSettings read(String text) {
        return MesosSettings.from(
                ConfigFactory.parseString("meridian.sources.mesos {" + text + "}")
                        .withFallback(ConfigFactory.defaultReference())
                        .resolve());
    }
}
