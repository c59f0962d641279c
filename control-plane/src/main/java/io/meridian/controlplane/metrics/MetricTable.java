package io.meridian.controlplane.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Metrics of one status, one row each: name, HELP text and value. A scrape reads the status once
 * per metric, on the thread that asks. Without a status a metric without labels is 0, and one with
 * labels has no series.
 *
 * @param <S> an immutable snapshot
 */
public final class MetricTable<S> {
    private final PrometheusRegistry registry;
    private final Supplier<Optional<S>> status;

    private MetricTable(PrometheusRegistry registry, Supplier<Optional<S>> status) {
        this.registry = registry;
        this.status = status;
    }

    /** A table of a status that is always there. */
    public static <S> MetricTable<S> of(PrometheusRegistry registry, Supplier<S> status) {
        return new MetricTable<>(registry, () -> Optional.of(status.get()));
    }

    /** A table of a status that may not be there yet. */
    public static <S> MetricTable<S> ofOptional(
            PrometheusRegistry registry, Supplier<Optional<S>> status) {
        return new MetricTable<>(registry, status);
    }

    /** Receives the value of one series. */
    @FunctionalInterface
    public interface Point {
        /**
         * @param labels values, in the order of the metric's label names
         */
        void set(double value, String... labels);

        /** Sets a count; above 2^53 the value is rounded, as Prometheus's values are doubles. */
        default void set(long value, String... labels) {
            set((double) value, labels);
        }
    }

    /** Writes all series of one metric. */
    @FunctionalInterface
    public interface Series<S> {
        void write(S status, Point point);
    }

    /**
     * A counter without labels.
     *
     * @param name ends in {@code _total}
     */
    public MetricTable<S> counter(String name, String help, ToDoubleFunction<S> value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(point -> point.call(value(value)))
                .register(registry);
        return this;
    }

    /** A gauge without labels. */
    public MetricTable<S> gauge(String name, String help, ToDoubleFunction<S> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(point -> point.call(value(value)))
                .register(registry);
        return this;
    }

    /** A counter with labels. */
    public MetricTable<S> counter(String name, String help, List<String> labels, Series<S> series) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .callback(point -> write(series, point::call))
                .register(registry);
        return this;
    }

    /** A gauge with labels. */
    public MetricTable<S> gauge(String name, String help, List<String> labels, Series<S> series) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .callback(point -> write(series, point::call))
                .register(registry);
        return this;
    }

    private double value(ToDoubleFunction<S> value) {
        return status.get().map(value::applyAsDouble).orElse(0.0);
    }

    private void write(Series<S> series, Point point) {
        status.get().ifPresent(now -> series.write(now, point));
    }

    /** A registry's metrics in Prometheus's text format 0.0.4, UTF-8. */
    public static byte[] text(PrometheusRegistry registry) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }
}
