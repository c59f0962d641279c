package io.meridian.ipvs.host;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Runs programs of this host, each for at most ten seconds. */
final class Programs implements Commands {
    private static final int SECONDS = 10;
    private static final Executor THREADS = task -> Thread.ofVirtual().start(task);

    @Override
    public Result run(List<String> command, String input) {
        try {
            return finish(new ProcessBuilder(command).redirectErrorStream(true).start(), input);
        } catch (IOException e) {
            return new Result(-1, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(-1, "interrupted");
        }
    }

    private static Result finish(Process process, String input)
            throws IOException, InterruptedException {
        // Separate threads, because either pipe may fill: with a long listing or a long batch.
        CompletableFuture<String> output =
                CompletableFuture.supplyAsync(() -> read(process), THREADS);
        CompletableFuture<Void> written =
                CompletableFuture.runAsync(() -> write(process, input), THREADS);
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return new Result(-1, "no end after " + SECONDS + " s");
        }
        try {
            String text = output.join();
            // A program that fails may leave its input unread; the exit code is the error then.
            if (process.exitValue() == 0) {
                written.join();
            }
            return new Result(process.exitValue(), text);
        } catch (CompletionException e) {
            return new Result(-1, String.valueOf(e.getCause().getMessage()));
        }
    }

    private static String read(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Process process, String input) {
        try (OutputStream stream = process.getOutputStream()) {
            stream.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
