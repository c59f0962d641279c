package io.meridian.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Client of a node's admin HTTP. */
final class NodeApi {
    static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;

    /**
     * @param port of 127.0.0.1
     */
    NodeApi(int port) {
        this("127.0.0.1", port);
    }

    NodeApi(String address, int port) {
        this.url = "http://" + address + ":" + port;
    }

    String url() {
        return url;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    JsonNode json(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(path);
        if (answer.statusCode() != 200) {
            throw new IOException(path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    /** True once a complete image is served. */
    boolean isReady() throws InterruptedException {
        try {
            return get("/health/ready").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Reads both tables. */
    Tables tables() throws IOException, InterruptedException {
        Tables tables = new Tables(new TreeSet<>(), new TreeMap<>());
        for (JsonNode record : records()) {
            tables.records()
                    .add(
                            record.path("name").asText()
                                    + " "
                                    + record.path("type").asText()
                                    + " "
                                    + record.path("data").asText());
        }
        for (JsonNode vip : json("/api/vips")) {
            for (JsonNode backend : vip.path("backends")) {
                tables.backends()
                        .computeIfAbsent(key(vip), _ -> new TreeSet<>())
                        .add(
                                new ExpectedTask.Backend(
                                        backend.path("address").asText(),
                                        backend.path("port").asInt(),
                                        backend.path("weight").asInt(),
                                        backend.path("task").asText(),
                                        backend.path("state").asText()));
            }
        }
        return tables;
    }

    /** Reads the records of a zone; 404 means that it has none at the moment. */
    private JsonNode records() throws IOException, InterruptedException {
        HttpResponse<String> answer = get("/api/zones/mesos/records");
        if (answer.statusCode() == 404) {
            return JSON.createArrayNode();
        }
        if (answer.statusCode() != 200) {
            throw new IOException("records answered " + answer.statusCode());
        }
        return JSON.readTree(answer.body());
    }

    /** Addresses of all VIPs that have one. */
    Map<String, String> vipAddresses() throws IOException, InterruptedException {
        Map<String, String> addresses = new TreeMap<>();
        for (JsonNode vip : json("/api/vips")) {
            addresses.put(key(vip), vip.path("address").asText());
        }
        return addresses;
    }

    /**
     * Name of a VIP such as {@code tcp web.marathon:80}: from its DNS name if it is a named VIP,
     * else its address.
     */
    private static String key(JsonNode vip) {
        String name =
                vip.path("dns").isEmpty()
                        ? vip.path("address").asText()
                        : vip.path("dns").path(0).asText().replaceFirst("\\.l4lb\\..*$", "");
        return vip.path("protocol").asText() + " " + name + ":" + vip.path("port").asText();
    }
}
