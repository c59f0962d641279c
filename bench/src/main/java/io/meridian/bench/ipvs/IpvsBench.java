package io.meridian.bench.ipvs;

import io.meridian.ipvs.uml.UmlKernel;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/** Boots a kernel and runs {@link IpvsRun} in it. */
public final class IpvsBench {
    private IpvsBench() {}

    /**
     * @param arguments work folder, extra options of the guest's JVM, then the arguments of {@link
     *     IpvsRun}
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]).toAbsolutePath();
        String[] rest = Arrays.copyOfRange(arguments, 2, arguments.length);
        UmlKernel.Run run =
                UmlKernel.run(
                        folder,
                        UmlKernel.java(
                                        folder,
                                        "-Xms500m -Xmx500m -XX:+AlwaysPreTouch"
                                                + " -XX:TieredStopAtLevel=4 "
                                                + arguments[1],
                                        IpvsRun.class.getName(),
                                        rest)
                                + "\n",
                        Duration.ofMinutes(20));
        System.out.print(run.output());
        if (run.exitCode() != 0) {
            System.err.println("the guest ended with " + run.exitCode() + "; see " + folder);
        }
        System.exit(run.exitCode() == 0 ? 0 : 1);
    }
}
