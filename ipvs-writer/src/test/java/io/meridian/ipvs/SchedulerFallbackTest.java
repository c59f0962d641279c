package io.meridian.ipvs;

import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.IpvsOperation.AddVirtualServer;
import io.meridian.ipvs.IpvsOperation.UpdateVirtualServer;
import io.meridian.libc.Errno;
import io.meridian.netlink.Refusal;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;

class SchedulerFallbackTest {
    private static final Instant START = Instant.parse("2026-11-25T09:00:00Z");
    private static final Endpoint VIP = tcp("11.0.0.1:80");
    private static final VirtualServer HASHED = VirtualServer.of(VIP, "mh");

    @Test
    void aMissingSchedulerIsReplacedByTheMostSimilar() {
        SchedulerFallback updated =
                SchedulerFallback.NONE.observe(refused(HASHED, Errno.ENOENT), START);

        assertThat(updated.fallbackFor("mh")).isEqualTo("sh");
        assertThat(updated.fallbackFor("wlc")).isEqualTo("wlc");
        assertThat(schedulers(updated.apply(wanting("mh", "wlc", "mh"), START)))
                .containsExactly("sh", "wlc", "sh");
    }

    @Test
    void theNextMostSimilarFollowsIfThatIsMissingToo() {
        SchedulerFallback updated = SchedulerFallback.NONE;
        for (String missing : List.of("mh", "sh", "wlc")) {
            updated =
                    updated.observe(
                            List.of(
                                    new Outcome.Refused(
                                            new UpdateVirtualServer(HASHED.with(missing)),
                                            Refusal.of(Errno.ENOENT))),
                            START);
        }
        assertThat(updated.fallbackFor("mh")).isEqualTo("rr");

        assertThat(
                        updated.observe(refused(HASHED.with("rr"), Errno.ENOENT), START)
                                .fallbackFor("mh"))
                .as("nothing is left: the kernel may say it once more")
                .isEqualTo("mh");
    }

    @Test
    void otherRefusalsMarkNoScheduler() {
        assertThat(SchedulerFallback.NONE.observe(refused(HASHED, Errno.EEXIST), START))
                .isEqualTo(SchedulerFallback.NONE);
        assertThat(
                        SchedulerFallback.NONE.observe(
                                List.of(
                                        new Outcome.Refused(
                                                new AddRealServer(VIP, real("10.0.0.1:80", 1)),
                                                Refusal.of(Errno.ENOENT))),
                                START))
                .isEqualTo(SchedulerFallback.NONE);
    }

    @Test
    void afterTheDelayOneVirtualServerRetriesTheScheduler() {
        SchedulerFallback updated =
                SchedulerFallback.NONE.observe(refused(HASHED, Errno.ENOENT), START);
        Instant later = START.plus(SchedulerFallback.RETRY_AFTER);

        assertThat(schedulers(updated.apply(wanting("mh", "mh", "mh"), later.minusMillis(1))))
                .containsExactly("sh", "sh", "sh");
        assertThat(schedulers(updated.apply(wanting("mh", "mh", "mh"), later)))
                .containsExactly("mh", "sh", "sh");

        SchedulerFallback loaded =
                updated.observe(List.of(new Outcome.Done(new UpdateVirtualServer(HASHED))), later);
        assertThat(schedulers(loaded.apply(wanting("mh", "mh", "mh"), later)))
                .containsExactly("mh", "mh", "mh");
        assertThat(
                        updated.observe(refused(HASHED, Errno.ENOENT), later)
                                .apply(wanting("mh"), later.plusSeconds(1))
                                .table()
                                .get(VIP)
                                .orElseThrow()
                                .server()
                                .scheduler())
                .isEqualTo("sh");
    }

    private static List<Outcome> refused(VirtualServer server, Errno errno) {
        return List.of(new Outcome.Refused(new AddVirtualServer(server), Refusal.of(errno)));
    }

    private static KernelState wanting(String... schedulers) {
        IpvsTable.Builder table = new IpvsTable.Builder();
        for (int i = 0; i < schedulers.length; i++) {
            table.put(
                    VirtualServer.of(tcp("11.0.0." + (i + 1) + ":80"), schedulers[i]),
                    List.of(real("10.0.0.1:8080", 1)));
        }
        return KernelState.of(table.build(), List.of(), LinkState.UP);
    }

    private static List<String> schedulers(KernelState state) {
        return state.table().entries().stream().map(entry -> entry.server().scheduler()).toList();
    }
}
