package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;

import io.meridian.sources.http.BadSettingException;
import io.meridian.sources.http.RedirectPolicy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.time.Duration;

class MarathonSettingsTest {
    @Test
    void defaultsAreThoseOfTheReferenceAndTurnTheSourceOff() {
        MarathonSettings settings = read("");
        assertThat(settings.enabled()).isFalse();
        assertThat(settings.frameworkName()).isEqualTo("marathon");
        assertThat(settings.connection().readTimeout()).isEqualTo(Duration.ofSeconds(45));
        assertThat(settings.eventMaxSize()).isEqualTo(64L << 20);
        assertThat(settings.reread())
                .isEqualTo(
                        new RereadSettings(Duration.ofMillis(100), Duration.ofSeconds(2), 4, 20));
        assertThat(settings.connection().allowedRedirectHosts()).containsExactly("*");
        assertThat(settings.connection().credentials().any()).isFalse();
    }

    @Test
    void urlsMayHaveAPathAndATrailingSlash() {
        assertThat(
                        read("urls = [\"https://dcos.example.org/service/marathon/\"]")
                                .connection()
                                .urls())
                .containsExactly(URI.create("https://dcos.example.org/service/marathon"));
    }

    @Test
    void secretsAreNotPrinted() {
        assertThat(read("credentials { username = u, password = hunter2 }").toString())
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    urls = ["marathon:8080"]           | meridian.sources.marathon.urls must be http:// or https:// URLs with a host: was "marathon:8080"
                    urls = ["http://u:p@h:80"]         | urls must not hold credentials
                    urls = ["http://h:80/?x=1"]        | urls must end with the path
                    urls = ["http://h h"]              | urls must be URLs such as
                    framework-name = "a:b"             | framework-name must be a name without colon: was "a:b"
                    read-timeout = 2 h                 | read-timeout must be between 0.100 s and 3600 s: was 7200 s
                    read-timeout = soon                | meridian.sources.marathon.read-timeout
                    backoff { min = 5 s, max = 1 s }   | backoff.max must be between 5 s and 3600 s: was 1 s
                    reread.in-flight = 0               | reread.in-flight must be between 1 and 64: was 0
                    events.max-size = 1 B              | events.max-size must be between 1024 and 1073741824 bytes: was 1
                    credentials.password = x           | credentials.username must be set
                    credentials { token = x, token-file = y } | credentials.token-file must be empty
                    tls.ca-file = /no/such/file        | tls.ca-file must be a readable PEM file
                    """)
    void aWrongValueIsReportedWithKeyAndRange(String setting, String message) {
        assertThatThrownBy(() -> read(setting))
                .isInstanceOf(BadSettingException.class)
                .hasMessageContaining(message);
    }

    @Test
    void credentialsFollowARedirectOnlyToListedHosts() {
        RedirectPolicy policy =
                read("urls = [\"https://a.example.org\"], allowed-redirect-hosts ="
                                + " [\"*\", \"b.example.org\"]")
                        .redirects();
        URI a = URI.create("https://a.example.org");
        assertThat(policy.mayCarryCredentials(a, a)).isTrue();
        assertThat(policy.mayCarryCredentials(URI.create("https://B.example.org:8443"), a))
                .isTrue();
        assertThat(policy.mayCarryCredentials(URI.create("http://b.example.org"), a))
                .as("downgrade")
                .isFalse();
        assertThat(policy.mayCarryCredentials(URI.create("https://c.example.org"), a)).isFalse();
    }

    @Test
    void aRedirectIsFollowedToAnEventStreamOfAnAllowedHost() throws RedirectPolicy.Refused {
        URI a = URI.create("http://a.example.org:8080/service/marathon");
        RedirectPolicy any = read("urls = [\"" + a + "\"]").redirects();
        assertThat(
                        any.follow(
                                a,
                                MarathonSettings.ENDPOINT,
                                "http://10.0.0.9:8080/v2/events?plan-format=light"))
                .isEqualTo(URI.create("http://10.0.0.9:8080"));
        assertThat(any.follow(a, MarathonSettings.ENDPOINT, "/other/v2/events"))
                .isEqualTo(URI.create("http://a.example.org:8080/other"));
        refused(any, a, "http://10.0.0.9/login", "which is not /v2/events of another server");
        refused(any, a, "ftp://10.0.0.9/v2/events", "which is not a URL of http or https");
        refused(any, a, "::", "which is not a URL");
        RedirectPolicy few =
                read("urls = [\"" + a + "\"], allowed-redirect-hosts = [\"10.0.0.8\"]").redirects();
        refused(
                few,
                a,
                "http://10.0.0.9:8080/v2/events",
                "which allowed-redirect-hosts does not allow");
        assertThat(few.follow(a, MarathonSettings.ENDPOINT, "http://10.0.0.8:8080/v2/events"))
                .isNotNull();
        assertThat(few.follow(a, MarathonSettings.ENDPOINT, "http://a.example.org:8080/v2/events"))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1", "127.8.9.1", "0.0.0.0", "169.254.169.254", "localhost",
                "x.localhost", "LOCALHOST", "[::1]", "[fe80::1]", "[::ffff:127.0.0.1]"
            })
    void aRedirectToALoopbackOrLinkLocalHostIsRefusedUnlessTheServerHasSuchAnAddress(String host)
            throws RedirectPolicy.Refused {
        URI a = URI.create("http://a.example.org:8080");
        URI local = URI.create("http://127.0.0.1:8080");
        String target = "http://" + host + ":8080/v2/events";
        refused(
                read("urls = [\"" + a + "\"]").redirects(),
                a,
                target,
                "which is a loopback or link-local address");
        assertThat(
                        read("urls = [\"" + local + "\"]")
                                .redirects()
                                .follow(local, MarathonSettings.ENDPOINT, target))
                .isNotNull();
        assertThat(
                        read("urls = [\""
                                        + a
                                        + "\"], allowed-redirect-hosts = [\"*\", \""
                                        + host
                                        + "\"]")
                                .redirects()
                                .follow(a, MarathonSettings.ENDPOINT, target))
                .isNotNull();
    }

    private static void refused(RedirectPolicy policy, URI from, String location, String why) {
        assertThatThrownBy(() -> policy.follow(from, MarathonSettings.ENDPOINT, location))
                .isInstanceOf(RedirectPolicy.Refused.class)
                .hasMessageStartingWith(why);
    }

    private static MarathonSettings read(String settings) {
        return MarathonSettings.from(
                ConfigFactory.parseString("meridian.sources.marathon {" + settings + "}")
                        .withFallback(ConfigFactory.defaultReference())
                        .resolve());
    }
}
