package io.meridian.ipvs.uml;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.EngineFilter.includeEngines;

import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import java.io.PrintStream;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Runs test classes inside the guest and writes a line for each test: {@code PASS Class.method} or
 * {@code FAIL Class.method: why}. A class that fails as a whole gives {@code FAIL Class: why}.
 */
public final class GuestTests implements TestExecutionListener {
    private final PrintStream out;
    private boolean failed;
    private long started;

    private GuestTests(PrintStream out) {
        this.out = out;
    }

    /**
     * @param classes names of test classes; the exit code is 0 if all their tests pass, else 1
     */
    public static void main(String[] classes) {
        List<LauncherDiscoveryRequest> requests = new ArrayList<>();
        for (String each : classes) {
            requests.add(
                    LauncherDiscoveryRequestBuilder.request()
                            .selectors(selectClass(each))
                            .filters(includeEngines("junit-jupiter"))
                            .build());
        }
        GuestTests listener = new GuestTests(System.out);
        requests.forEach(request -> LauncherFactory.create().execute(request, listener));
        System.out.flush();
        Runtime.getRuntime()
                .halt(listener.failed ? 1 : 0); // even if a test has left threads behind
    }

    /** Tests of a class that {@link #main} reports, as {@code Class.method}. */
    public static SortedSet<String> names(Class<?> testClass) {
        SortedSet<String> names = new TreeSet<>();
        for (Method method :
                AnnotationSupport.findAnnotatedMethods(
                        testClass, Test.class, HierarchyTraversalMode.TOP_DOWN)) {
            names.add(testClass.getSimpleName() + "." + method.getName());
        }
        return names;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        started = System.nanoTime();
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        String name = name(test);
        if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
            failed = true;
            Throwable why =
                    result.getThrowable()
                            .orElseGet(() -> new AssertionError(result.getStatus().toString()));
            out.println(
                    "FAIL " + name + ": " + String.valueOf(why.getMessage()).replace('\n', ' '));
            why.printStackTrace(out);
        } else if (test.isTest()) {
            out.println("PASS " + name);
            out.printf(Locale.ROOT, "TOOK %.2f s%n", (System.nanoTime() - started) / 1e9);
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        failed = true;
        out.println("FAIL " + name(test) + ": skipped, " + reason);
    }

    private static String name(TestIdentifier test) {
        return test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(MethodSource.class::cast)
                .map(source -> simple(source.getClassName()) + "." + source.getMethodName())
                .orElse(test.getDisplayName());
    }

    private static String simple(String className) {
        return Arrays.asList(className.split("\\.")).getLast();
    }
}
