package io.meridian.controlplane.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.status.Status;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/** Lines of the log settings that Meridian ships. */
class LogLinesTest {
    private static final String DEFAULT = "src/main/resources/logback.xml";
    private Logger log = new LoggerContext().getLogger("unset");
    private List<String> lines = List.of();

    @BeforeEach
    void configureDefault() throws JoranException {
        configure(DEFAULT);
    }

    private void configure(String file) throws JoranException {
        LoggerContext context = new LoggerContext();
        log = context.getLogger("io.meridian.example.Example");
        context.setMDCAdapter(new LogbackMDCAdapter());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Path.of(file).toFile());
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .allMatch(status -> status.getEffectiveLevel() < Status.WARN);
    }

    /** Standard error's lines, which logback's console appender looks up at each write. */
    private List<String> lines(Runnable logging) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            logging.run();
        } finally {
            System.setErr(before);
        }
        lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        return lines;
    }

    @ParameterizedTest
    @ValueSource(strings = {DEFAULT, "../conf/logback.xml", "../conf/logback-journal.xml"})
    void aTaskIdWithANewlineForgesNoLine(String file) throws JoranException {
        configure(file);

        List<String> all =
                lines(
                        () ->
                                log.warn(
                                        "task ended: id={} \u001b[31m",
                                        "web.1\n08:00:00.000 ERROR fake line\r\u0085\u2028\u202e"));

        assertThat(all).hasSize(1);
        assertThat(all.getFirst())
                .endsWith(
                        "Example task ended: id=web.1\\u000a08:00:00.000 ERROR fake"
                                + " line\\u000d\\u0085\\u2028\\u202e \\u001b[31m");
    }

    @Test
    void aFailuresMessageForgesNoLineEither() {
        IOException forged = new IOException("refused\n08:00:00.000 ERROR fake line");

        assertThat(lines(() -> log.warn("cannot read", forged))).hasSize(1);
        assertThat(lines(() -> log.error("cannot read", forged)))
                .noneMatch(line -> line.startsWith("08:00:00.000 ERROR fake"))
                .anyMatch(line -> line.startsWith("\tat " + LogLinesTest.class.getName()));
    }

    @Test
    void anOutageIsOneLineWithItsCausesAndNoStack() {
        Exception outage =
                new IllegalStateException(
                        "stream failed", new ConnectException("Connection refused"));

        assertThat(lines(() -> log.warn("will restart", outage))).hasSize(1);
        assertThat(lines.getFirst())
                .endsWith(
                        "will restart: java.lang.IllegalStateException: stream failed: caused by"
                                + " java.net.ConnectException: Connection refused");
    }

    @Test
    void anArgumentIsCut() {
        assertThat(lines(() -> log.info("tasks={} id={}", Collections.nCopies(9999, "t"), "x")))
                .hasSize(1);
        assertThat(lines.getFirst()).hasSizeLessThan(700).contains("... (29997 characters) id=x");
    }

    @Test
    void textThatPeopleReadStaysAsItIs() {
        assertThat(lines(() -> log.info("grüße an {} und 日本 \uD83D\uDE00", "\"web\"")))
                .singleElement()
                .asString()
                .endsWith("grüße an \"web\" und 日本 \uD83D\uDE00");
    }

    @Test
    void aLineThatRepeatsIsBoundedAndTheOthersAreCounted() {
        lines(
                () -> {
                    for (int i = 0; i < 100_000; i++) {
                        log.warn("cannot reach host-" + i + ": port={}", i);
                    }
                });

        assertThat(lines.stream().filter(line -> line.contains("cannot reach"))).hasSize(36);
        assertThat(lines)
                .anyMatch(line -> line.endsWith("lines like the next one were left out: count=1"));
        assertThat(lines(() -> log.warn("another line")))
                .last()
                .asString()
                .endsWith("another line");
    }

    @Test
    void linesBelowWarnAreNotCounted() {
        lines(
                () -> {
                    for (int i = 0; i < 100; i++) {
                        log.info("changed: revision={}", i);
                    }
                });

        assertThat(lines).hasSize(100);
    }
}
