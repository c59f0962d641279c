package io.meridian.sources.http;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.headers.Authorization;
import akka.http.javadsl.model.headers.HttpCredentials;
import akka.http.javadsl.model.headers.RawHeader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Credentials for requests; all empty for none. A token takes precedence over username and
 * password.
 *
 * @param tokenFile read for every request, so that a renewed token is used at once; empty for none
 */
public record Credentials(String username, String password, String token, String tokenFile) {
    /**
     * Reads the keys under {@code credentials}.
     *
     * @throws BadSettingException for keys that contradict each other
     */
    public static Credentials from(SettingsReader in) {
        Credentials credentials =
                new Credentials(
                        in.text("credentials.username"),
                        in.text("credentials.password"),
                        in.text("credentials.token"),
                        in.text("credentials.token-file"));
        if (credentials.username().isEmpty() && !credentials.password().isEmpty()) {
            throw in.bad("credentials.username", "must be set if credentials.password is");
        }
        if (!credentials.token().isEmpty() && !credentials.tokenFile().isEmpty()) {
            throw in.bad("credentials.token-file", "must be empty if credentials.token is set");
        }
        return credentials;
    }

    /** Whether requests carry an {@code Authorization} header. */
    public boolean any() {
        return !username.isEmpty() || !token.isEmpty() || !tokenFile.isEmpty();
    }

    /**
     * The {@code Authorization} header, if any. Reading the token file may block, hence the stage;
     * it fails with {@link RequestFailedException} if the file can't be read.
     */
    public CompletionStage<List<HttpHeader>> headers() {
        if (!any()) {
            return CompletableFuture.completedStage(List.of());
        }
        if (!tokenFile.isEmpty()) {
            return CompletableFuture.supplyAsync(() -> List.of(header(tokenIn(tokenFile))));
        }
        return CompletableFuture.completedStage(
                List.of(
                        token.isEmpty()
                                ? Authorization.create(
                                        HttpCredentials.createBasicHttpCredentials(
                                                username, password))
                                : header(token)));
    }

    private static HttpHeader header(String token) {
        return RawHeader.create("Authorization", "token=" + token);
    }

    private static String tokenIn(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new RequestFailedException(
                    "cannot read credentials.token-file " + file + ": " + e.getMessage());
        }
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return any() ? "Credentials[set]" : "Credentials[none]";
    }
}
