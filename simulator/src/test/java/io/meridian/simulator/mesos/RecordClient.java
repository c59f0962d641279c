package io.meridian.simulator.mesos;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.marathon.Json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/** A client of a master over real HTTP that does not follow redirects. */
public final class RecordClient implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final InputStream body;

    private RecordClient(URI master) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer =
                http.send(
                        post(master, "{\"type\":\"SUBSCRIBE\"}").build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            throw new IOException("answered " + answer.statusCode());
        }
        body = answer.body();
    }

    public static RecordClient subscribe(URI master) throws IOException, InterruptedException {
        return new RecordClient(master);
    }

    public static HttpRequest.Builder post(URI master, String body) {
        return HttpRequest.newBuilder(master.resolve("/api/v1"))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    static HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    public static JsonNode call(URI master, String type) throws IOException, InterruptedException {
        return Json.read(send(post(master, "{\"type\":\"" + type + "\"}")).body());
    }

    public static JsonNode get(URI master, String path) throws IOException, InterruptedException {
        return Json.read(send(HttpRequest.newBuilder(master.resolve(path))).body());
    }

    /**
     * Reads the next record, perhaps a heartbeat; fails if its length is not a number or it is
     * truncated.
     */
    public JsonNode next() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int octet = body.read();
        while (octet >= 0 && octet != '\n') {
            head.write(octet);
            octet = body.read();
        }
        String length = head.toString(java.nio.charset.StandardCharsets.US_ASCII);
        if (octet < 0) {
            throw new IOException("the stream ended after \"" + length + "\"");
        }
        if (!length.matches("[0-9]+")) {
            throw new IOException("not a length: " + length);
        }
        byte[] record = body.readNBytes(Integer.parseInt(length));
        if (record.length < Integer.parseInt(length)) {
            throw new IOException("the stream ended inside a record");
        }
        return Json.readTrusted(record);
    }

    /** Reads the next {@code count} records, without heartbeats. */
    public List<JsonNode> next(int count) throws IOException {
        List<JsonNode> records = new ArrayList<>();
        while (records.size() < count) {
            JsonNode record = next();
            if (!record.path("type").asText().equals("HEARTBEAT")) {
                records.add(record);
            }
        }
        return records;
    }

    /** Reads the types of the next {@code count} records, without heartbeats. */
    public List<String> types(int count) throws IOException {
        return next(count).stream().map(record -> record.path("type").asText()).toList();
    }

    @Override
    public void close() throws IOException {
        body.close();
        http.shutdownNow();
    }
}
