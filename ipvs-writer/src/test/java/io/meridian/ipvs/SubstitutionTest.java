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

class SubstitutionTest {
    private static final Instant START = Instant.parse("2026-11-25T09:00:00Z");
    private static final Endpoint VIP = tcp("11.0.0.1:80");
    private static final VirtualServer HASHED = VirtualServer.of(VIP, "mh");

    @Test
    void aSchedulerThatTheKernelLacksIsReplacedByTheNearest() {
        Substitution learnt = Substitution.NONE.learn(refused(HASHED, Errno.ENOENT), START);

        assertThat(learnt.instead("mh")).isEqualTo("sh");
        assertThat(learnt.instead("wlc")).isEqualTo("wlc");
        assertThat(schedulers(learnt.apply(wanting("mh", "wlc", "mh"), START)))
                .containsExactly("sh", "wlc", "sh");
    }

    @Test
    void theNextNearestFollowsIfThatIsMissingToo() {
        Substitution learnt = Substitution.NONE;
        for (String missing : List.of("mh", "sh", "wlc")) {
            learnt =
                    learnt.learn(
                            List.of(
                                    new Outcome.Refused(
                                            new UpdateVirtualServer(HASHED.with(missing)),
                                            Refusal.of(Errno.ENOENT))),
                            START);
        }
        assertThat(learnt.instead("mh")).isEqualTo("rr");

        assertThat(learnt.learn(refused(HASHED.with("rr"), Errno.ENOENT), START).instead("mh"))
                .as("nothing is left: the kernel may say it once more")
                .isEqualTo("mh");
    }

    @Test
    void otherRefusalsSayNothingAboutSchedulers() {
        assertThat(Substitution.NONE.learn(refused(HASHED, Errno.EEXIST), START))
                .isEqualTo(Substitution.NONE);
        assertThat(
                        Substitution.NONE.learn(
                                List.of(
                                        new Outcome.Refused(
                                                new AddRealServer(VIP, real("10.0.0.1:80", 1)),
                                                Refusal.of(Errno.ENOENT))),
                                START))
                .isEqualTo(Substitution.NONE);
    }

    @Test
    void afterAWhileOneVirtualServerAsksForAll() {
        Substitution learnt = Substitution.NONE.learn(refused(HASHED, Errno.ENOENT), START);
        Instant later = START.plus(Substitution.ASK_AGAIN);

        assertThat(schedulers(learnt.apply(wanting("mh", "mh", "mh"), later.minusMillis(1))))
                .containsExactly("sh", "sh", "sh");
        assertThat(schedulers(learnt.apply(wanting("mh", "mh", "mh"), later)))
                .containsExactly("mh", "sh", "sh");

        Substitution loaded =
                learnt.learn(List.of(new Outcome.Done(new UpdateVirtualServer(HASHED))), later);
        assertThat(schedulers(loaded.apply(wanting("mh", "mh", "mh"), later)))
                .containsExactly("mh", "mh", "mh");
        assertThat(
                        learnt.learn(refused(HASHED, Errno.ENOENT), later)
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
