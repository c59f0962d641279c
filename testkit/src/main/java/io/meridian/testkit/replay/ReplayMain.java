package io.meridian.testkit.replay;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Serves a recording from a shell: {@code ReplayMain --folder F [--port P] [--speed X]}; ends with
 * Ctrl-C.
 */
public final class ReplayMain {
    private ReplayMain() {}

    /** Exit code 2 when an option is wrong. */
    public static void main(String[] arguments) throws InterruptedException {
        Map<String, String> options = options(arguments);
        Path folder = Path.of(options.getOrDefault("folder", ""));
        if (!Files.isRegularFile(folder.resolve("requests.log"))) {
            refuse(
                    "--folder must name a recording (a folder with requests.log and events.sse):"
                            + " was \""
                            + folder
                            + "\"");
        }
        int port = (int) number(options, "port", 8080, 65535);
        double speed = number(options, "speed", 1, 1_000_000);
        try (CaptureReplay replay = CaptureReplay.open(folder, port)) {
            System.out.println(
                    replay.name()
                            + " is served at "
                            + replay.url()
                            + ", snapshots "
                            + replay.snapshots());
            System.out.println("waiting for a consumer of " + replay.url() + "/v2/events");
            while (!replay.awaitConsumer(Duration.ofMinutes(1))) {
                System.out.println(
                        "still waiting; try: curl -N -H 'Accept: text/event-stream' "
                                + replay.url()
                                + "/v2/events");
            }
            replay.play(speed);
            System.out.println(
                    "played to the last snapshot; REST stays as it is there, Ctrl-C ends");
            Thread.currentThread().join();
        }
    }

    private static Map<String, String> options(String[] arguments) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!arguments[i].matches("--(folder|port|speed)") || i + 1 == arguments.length) {
                refuse("usage: --folder FOLDER [--port PORT] [--speed FACTOR]");
            }
            options.put(arguments[i].substring(2), arguments[i + 1]);
        }
        return options;
    }

    private static double number(
            Map<String, String> options, String name, double byDefault, double maximum) {
        String given = options.getOrDefault(name, Double.toString(byDefault));
        try {
            double value = Double.parseDouble(given);
            if (value >= 0 && value <= maximum) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            refuse("--" + name + " must be a number: was \"" + given + "\"");
        }
        refuse("--" + name + " must be between 0 and " + (long) maximum + ": was " + given);
        return byDefault;
    }

    private static void refuse(String message) {
        System.err.println(message);
        System.exit(2);
    }
}
