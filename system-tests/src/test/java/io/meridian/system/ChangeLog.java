package io.meridian.system;

import com.fasterxml.jackson.databind.JsonNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Reads {@code /api/events} and reports each record and backend that a commit removes without a
 * replacement.
 */
final class ChangeLog implements AutoCloseable {
    /**
     * A record or backend that is no longer served.
     *
     * @param task the task that it belonged to
     * @param backend false for a DNS record
     */
    record Loss(String task, boolean backend, String text, long revision) {}

    private final InputStream body;
    private final Thread reader;
    private final CountDownLatch begun = new CountDownLatch(2);
    private final Consumer<Loss> onLoss;
    private volatile boolean closing;
    private volatile Optional<Exception> broken = Optional.empty();
    private final AtomicInteger commits = new AtomicInteger();

    private ChangeLog(InputStream body, Consumer<Loss> onLoss) {
        this.body = body;
        this.onLoss = onLoss;
        this.reader = Thread.ofVirtual().name("change-log").unstarted(this::read);
    }

    /**
     * Returns once both tables have reported their first revision. Losses are reported on a
     * separate thread.
     */
    static ChangeLog follow(String url, Consumer<Loss> onLoss) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/api/events")).build();
        try {
            InputStream body =
                    HttpClient.newHttpClient()
                            .sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                            .get(20, TimeUnit.SECONDS)
                            .body();
            ChangeLog log = new ChangeLog(body, onLoss);
            log.reader.start();
            if (!log.begun.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("/api/events did not say where it starts");
            }
            return log;
        } catch (ExecutionException | java.util.concurrent.TimeoutException refused) {
            throw new AssertionError("no /api/events", refused);
        }
    }

    /** Number of commits read so far. */
    int commits() {
        return commits.get();
    }

    /** Failure that ended reading; empty while there is none. */
    Optional<Exception> broken() {
        return broken;
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            String type = "";
            String data = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event:")) {
                    type = line.substring(6).strip();
                } else if (line.startsWith("data:")) {
                    data += line.substring(5);
                } else if (line.isEmpty()) {
                    if (!type.isEmpty()) {
                        event(type, NodeApi.JSON.readTree(data));
                    }
                    type = "";
                    data = "";
                }
            }
            if (!closing) {
                broken = Optional.of(new IOException("/api/events ended"));
            }
        } catch (IOException | RuntimeException failed) {
            if (!closing) {
                broken = Optional.of(failed);
            }
        }
    }

    private void event(String type, JsonNode data) {
        switch (type) {
            case "zone-snapshot", "vip-snapshot" -> begun.countDown();
            case "zone" -> losses(data, false);
            case "vip" -> losses(data, true);
            default -> throw new IllegalStateException("/api/events says " + type);
        }
    }

    private void losses(JsonNode data, boolean vips) {
        Set<String> given = new HashSet<>();
        List<JsonNode> taken = new ArrayList<>();
        for (JsonNode change : data.path("changes")) {
            if (change.path("op").asText().equals("add")) {
                given.add(identity(change, vips));
            } else {
                taken.add(change);
            }
        }
        long revision = data.path("revision").asLong();
        for (JsonNode change : taken) {
            boolean counts =
                    vips
                            ? change.path("state").asText().equals("serving")
                            : change.path("zone").asText().equals("mesos");
            if (counts && !given.contains(identity(change, vips))) {
                onLoss.accept(new Loss(task(change), vips, identity(change, vips), revision));
            }
        }
        commits.incrementAndGet();
    }

    private static String task(JsonNode change) {
        String owner = change.path("owner").asText("");
        return owner.isEmpty()
                ? change.path("task").asText()
                : owner.substring(owner.indexOf(' ') + 1);
    }

    private static String identity(JsonNode change, boolean vip) {
        return vip
                ? change.path("vip").asText()
                        + " -> "
                        + change.path("backend").asText()
                        + " "
                        + change.path("state").asText()
                        + " "
                        + change.path("task").asText()
                : change.path("name").asText()
                        + " "
                        + change.path("type").asText()
                        + " of "
                        + change.path("owner").asText();
    }

    @Override
    public void close() throws IOException {
        closing = true;
        body.close();
        reader.interrupt();
    }
}
