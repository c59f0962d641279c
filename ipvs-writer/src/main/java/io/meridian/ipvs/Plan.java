package io.meridian.ipvs;

import java.util.List;
import java.util.stream.Stream;

/**
 * Operations in the order of their effects: let traffic in last, cut it off first.
 *
 * @param build interface, virtual servers, real servers and weights that grow: nobody loses
 *     anything by them
 * @param admit routes: virtual servers that stand now receive packets
 * @param retire weights that fall, real servers and routes that go
 * @param remove virtual servers that nothing routes to any more
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

    /** All of them, in order. */
    public List<Operation> operations() {
        return stages().stream().flatMap(List::stream).toList();
    }

    public boolean isEmpty() {
        return Stream.of(build, admit, retire, remove).allMatch(List::isEmpty);
    }
}
