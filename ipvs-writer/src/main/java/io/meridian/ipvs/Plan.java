package io.meridian.ipvs;

import java.util.List;
import java.util.stream.Stream;

/**
 * Operations in four stages, in the order of execution: make before break.
 *
 * @param build interface, virtual servers, real servers, and growing weights; no client loses a
 *     connection
 * @param admit routes, which bring packets to the virtual servers
 * @param retire falling weights, and removal of real servers and routes
 * @param remove virtual servers that no route leads to
 */
public record Plan(
        List<Operation> build,
        List<Operation> admit,
        List<Operation> retire,
        List<Operation> remove) {
    public Plan {
        build = List.copyOf(build);
        admit = List.copyOf(admit);
        retire = List.copyOf(retire);
        remove = List.copyOf(remove);
    }

    public List<List<Operation>> stages() {
        return List.of(build, admit, retire, remove);
    }

    /** All operations, in order of execution. */
    public List<Operation> operations() {
        return stages().stream().flatMap(List::stream).toList();
    }

    public boolean isEmpty() {
        return Stream.of(build, admit, retire, remove).allMatch(List::isEmpty);
    }
}
