package io.meridian.domain.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.VipOptions;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

class SharedOptionsLawTest {
    private static final List<String> SAID =
            List.of(
                    "",
                    "scheduler=rr",
                    "scheduler=mh",
                    "drain=60 refused=colour",
                    "refused=colour,weight",
                    "drain=5 client-address=keep");

    @Property
    void theOrderOfArrivalDoesNotMatter(
            @ForAll("rows") List<VipRow.Backend> rows, @ForAll Random random) {
        List<VipRow.Backend> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, random);

        assertThat(SharedOptions.of(shuffled)).isEqualTo(SharedOptions.of(rows));
    }

    @Property
    void eachOptionIsSetByAServiceAndUnsetOptionsStayUnset(
            @ForAll("rows") List<VipRow.Backend> rows) {
        VipOptions shared = SharedOptions.of(rows).options();

        shared.scheduler()
                .ifPresentOrElse(
                        one ->
                                assertThat(rows)
                                        .anyMatch(
                                                row ->
                                                        row.options()
                                                                .scheduler()
                                                                .equals(Optional.of(one))),
                        () ->
                                assertThat(rows)
                                        .allMatch(row -> row.options().scheduler().isEmpty()));
        shared.drain()
                .ifPresentOrElse(
                        time ->
                                assertThat(rows)
                                        .anyMatch(
                                                row ->
                                                        row.options()
                                                                .drain()
                                                                .equals(Optional.of(time))),
                        () -> assertThat(rows).allMatch(row -> row.options().drain().isEmpty()));
    }

    @Property
    void moreTasksOfTheSameServicesThatAgreeChangeNothing(
            @ForAll("rows") List<VipRow.Backend> rows) {
        List<VipRow.Backend> more = new ArrayList<>(rows);
        rows.forEach(row -> more.add(row(row.owner() + "x", row.options().toString())));

        assertThat(SharedOptions.of(more)).isEqualTo(SharedOptions.of(rows));
    }

    @Test
    void theFirstServiceByNameWinsAndTheConflictIsReported() {
        SharedOptions shared =
                SharedOptions.of(
                        List.of(
                                row("marathon:/b t1", "scheduler=mh drain=60"),
                                row("marathon:/a t9", "scheduler=rr"),
                                row("marathon:/c t0", "scheduler=mh drain=5"),
                                row("marathon:/d t0", "")));

        assertThat(shared.options()).hasToString("scheduler=rr drain=60");
        assertThat(shared.conflicts())
                .containsExactly(
                        "scheduler is rr, as marathon:/a says, the first by name; marathon:/b says"
                                + " mh, marathon:/c says mh",
                        "drain is 60 s, as marathon:/b says, the first by name; marathon:/c says 5"
                                + " s");
    }

    @Test
    void aRefusedOptionIsReportedOncePerServiceAndHasNoEffect() {
        SharedOptions shared =
                SharedOptions.of(
                        List.of(
                                row("marathon:/b t1", "refused=colour"),
                                row("marathon:/a t9", "drain=5 refused=weight"),
                                row("marathon:/a t8", "drain=5 refused=weight,colour")));

        assertThat(shared.refused())
                .containsExactly(
                        "marathon:/a: colour", "marathon:/a: weight", "marathon:/b: colour");
        assertThat(shared.options()).isEqualTo(VipOptions.parse("drain=5"));
        assertThat(shared.conflicts()).isEmpty();
    }

    @Test
    void aDeploymentOfOneServiceIsNoConflict() {
        SharedOptions shared =
                SharedOptions.of(
                        List.of(
                                row("marathon:/a old", "drain=5"),
                                row("marathon:/a new", "drain=60")));

        assertThat(shared.options()).hasToString("drain=60");
        assertThat(shared.conflicts()).isEmpty();
    }

    @Provide
    Arbitrary<List<VipRow.Backend>> rows() {
        return Combinators.combine(
                        Arbitraries.of("marathon:/a", "marathon:/b", "aurora:a"),
                        Arbitraries.of("t1", "t2"),
                        Arbitraries.of(SAID))
                .as((service, task, said) -> row(service + " " + task, said))
                .list()
                .ofMaxSize(6)
                .withoutEdgeCases();
    }

    private static VipRow.Backend row(String owner, String options) {
        return new VipRow.Backend(
                new VipKey("web.marathon", Protocol.TCP, 80),
                new Endpoint(IpAddress.literal("192.0.2.1"), 80, Protocol.TCP),
                owner,
                "S1",
                Optional.empty(),
                BackendState.SERVING,
                1,
                VipOptions.parse(options),
                Optional.empty());
    }
}
