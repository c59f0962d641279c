package io.meridian.controlplane.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.controlplane.OperatorException;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * HTTP client of the commands. Each failure is an {@link OperatorException} that tells an unknown
 * host, a refused connection and a timeout apart.
 *
 * @param connect longest time for the connection
 * @param answer longest time for the whole answer
 */
record NodeClient(Duration connect, Duration answer) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;

    /** An answer of any status. */
    record Answer(int status, String body) {
        boolean isOk() {
            return status == OK;
        }
    }

    /** The body of the answer 200; any other answer is a failure with its title and detail. */
    String body(String url) {
        return ok(url, get(url));
    }

    private static String ok(String url, Answer answer) {
        if (!answer.isOk()) {
            throw new OperatorException(
                    url + " answered " + answer.status() + ": " + reason(answer.body()));
        }
        return answer.body();
    }

    /** Sends a JSON body, and returns that of the answer 200; any other answer is a failure. */
    String post(String url, String json) {
        return ok(
                url,
                send(
                        url,
                        request ->
                                request.header("Content-Type", "application/json")
                                        .POST(HttpRequest.BodyPublishers.ofString(json))));
    }

    /**
     * @param url {@code http://} may be left out
     */
    Answer get(String url) {
        return send(url, request -> request);
    }

    private Answer send(String url, UnaryOperator<HttpRequest.Builder> change) {
        String whole = url.contains("://") ? url : "http://" + url;
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(connect).build()) {
            URI uri = URI.create(whole);
            HttpRequest request = change.apply(HttpRequest.newBuilder(uri).timeout(answer)).build();
            InetAddress.getByName(uri.getHost());
            HttpResponse<String> response =
                    client.send(
                            request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Answer(response.statusCode(), response.body());
        } catch (IllegalArgumentException wrong) {
            throw new OperatorException("--url is not a URL: " + wrong.getMessage(), wrong);
        } catch (IOException failed) {
            throw new OperatorException("cannot ask " + whole + ": " + cause(failed), failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new OperatorException("interrupted", stopped);
        }
    }

    private String cause(IOException failed) {
        return switch (failed) {
            case UnknownHostException unknown ->
                    "the host's name does not resolve: " + unknown.getMessage() + "; see --url";
            case HttpConnectTimeoutException _ ->
                    "no connection within "
                            + connect.toSeconds()
                            + " s; the host is away, or a firewall drops packets";
            case HttpTimeoutException _ ->
                    "no answer within "
                            + answer.toSeconds()
                            + " s; the node may be stopped or busy";
            case ConnectException refused
                    when refused.getMessage() == null || refused.getMessage().contains("refused") ->
                    "connection refused; no node listens there, see --url and the node's"
                            + " meridian.http.listen";
            default -> failed.getMessage() == null ? failed.toString() : failed.getMessage();
        };
    }

    static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (IOException notJson) {
            throw new OperatorException("the answer is not JSON: " + notJson.getMessage(), notJson);
        }
    }

    private static String reason(String body) {
        try {
            JsonNode problem = JSON.readTree(body);
            List<String> parts = new ArrayList<>();
            for (String field : List.of("title", "detail")) {
                if (problem.hasNonNull(field)) {
                    parts.add(problem.get(field).asText());
                }
            }
            return parts.isEmpty() ? body : String.join(": ", parts);
        } catch (IOException notJson) {
            return body;
        }
    }
}
