package io.meridian.actors.vip;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import akka.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.CommandResultWithReply;

import com.typesafe.config.ConfigFactory;

import io.meridian.actors.Entities;
import io.meridian.actors.JournalledEntity;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.vip.VipPool;
import io.meridian.domain.vip.VipPoolEvent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;

class VipPoolEntityTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
    private final ActorTestKit kit =
            ActorTestKit.create(
                    ConfigFactory.parseString("akka.actor.allow-java-serialization = off")
                            .withFallback(EventSourcedBehaviorTestKit.config())
                            .withFallback(Entities.akka())
                            .withFallback(ConfigFactory.load())
                            .resolve());

    private final EventSourcedBehaviorTestKit<VipPoolEntity.Command, VipPoolEvent, VipPool> pool =
            EventSourcedBehaviorTestKit.create(
                    kit.system(),
                    VipPoolEntity.create(
                            range("11.0.0.0-11.0.0.1"),
                            range("fd01:c::-fd01:c::1"),
                            HOUR,
                            now::get),
                    EventSourcedBehaviorTestKit.enabledSerializationSettings()
                            .withVerifyEquality(true)
                            .withVerifyState(false)); // a snapshot is an event

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void aNameGetsOneAddressOfEachFamily() {
        var result = reserve(List.of("web.marathon"), List.of());

        assertThat(result.events()).hasSize(1);
        assertThat(result.reply()).isEqualTo(new VipPoolEntity.Reserved(1, new TreeMap<>()));
        assertThat(pool.getState().addresses("web.marathon")).hasSize(2);
    }

    @Test
    void aRepeatedRequestPersistsNothingAndIsAnswered() {
        reserve(List.of("web.marathon"), List.of());
        var again = reserve(List.of("web.marathon"), List.of());

        assertThat(again.hasNoEvents()).isTrue();
        assertThat(((VipPoolEntity.Reserved) again.reply()).sequenceNumber()).isEqualTo(1);
    }

    @Test
    void aNameKeepsItsAddressesOverARestart() {
        reserve(List.of("web.marathon"), List.of("11.0.0.1"));
        SortedSet<IpAddress> before = pool.getState().addresses("web.marathon");

        pool.restart();
        reserve(List.of("db.marathon", "web.marathon"), List.of());

        assertThat(pool.getState().addresses("web.marathon")).isEqualTo(before);
        assertThat(pool.getState().literals()).containsExactly(IpAddress.literal("11.0.0.1"));
    }

    @Test
    void oneUnavailableAddressIsRefusedAndTheOthersAreGiven() {
        var result = reserve(List.of("a.marathon", "b.marathon", "c.marathon"), List.of());

        assertThat(pool.getState().allocated()).containsOnlyKeys("a.marathon", "b.marathon");
        assertThat(((VipPoolEntity.Reserved) result.reply()).refusals())
                .containsOnlyKeys("c.marathon");
        assertThat(((VipPoolEntity.Reserved) result.reply()).refusals().get("c.marathon"))
                .isEqualTo(
                        "VIP c.marathon gets no address: all of 11.0.0.0-11.0.0.1 are taken; VIP"
                                + " c.marathon gets no address: all of fd01:c::-fd01:c::1 are"
                                + " taken");
    }

    @Test
    void aNameThatWasNotRequestedForReleaseAfterIsReleasedAndItsAddressGivenAgain() {
        reserve(List.of("a.marathon", "b.marathon"), List.of());
        assertThat(release("a.marathon", "x.marathon").refusals())
                .isEqualTo(
                        new TreeMap<>(
                                Map.of(
                                        "a.marathon",
                                        "may have been in use within the last 3600 s"
                                                + " (vip.release-after)",
                                        "x.marathon",
                                        "has no address")));
        now.set(now.get().plus(HOUR));
        reserve(List.of("b.marathon"), List.of());

        var result = release("a.marathon", "b.marathon");

        assertThat(result.names()).containsExactly("a.marathon");
        assertThat(result.refusals()).containsOnlyKeys("b.marathon");
        reserve(List.of("c.marathon"), List.of());
        assertThat(pool.getState().allocated()).containsOnlyKeys("b.marathon", "c.marathon");
    }

    @Test
    void afterARestartNoNameIsReleasedBeforeReleaseAfter() {
        reserve(List.of("a.marathon"), List.of());
        now.set(now.get().plus(HOUR.multipliedBy(9)));
        pool.restart();

        assertThat(release("a.marathon").names()).isEmpty();
        now.set(now.get().plus(HOUR));
        assertThat(release("a.marathon").names()).containsExactly("a.marathon");
    }

    @Test
    void aSnapshotIsThePool() {
        reserve(List.of("a.marathon", "b.marathon"), List.of());
        VipPool before = pool.getState();

        assertThat(VipPool.empty(before.range4(), before.range6()).apply(before.snapshot()))
                .isEqualTo(before);
    }

    private VipPoolEntity.Released release(String... names) {
        CommandResultWithReply<VipPoolEntity.Command, VipPoolEvent, VipPool, JournalledEntity.Reply>
                result =
                        pool.runCommand(
                                replyTo ->
                                        new VipPoolEntity.Release(
                                                new TreeSet<>(List.of(names)), replyTo));
        return (VipPoolEntity.Released) result.reply();
    }

    private CommandResultWithReply<
                    VipPoolEntity.Command, VipPoolEvent, VipPool, JournalledEntity.Reply>
            reserve(List<String> names, List<String> literals) {
        SortedSet<IpAddress> addresses = new TreeSet<>();
        literals.forEach(one -> addresses.add(IpAddress.literal(one)));
        return pool.runCommand(
                replyTo -> new VipPoolEntity.Reserve(new TreeSet<>(names), addresses, replyTo));
    }

    private static AddressRange range(String text) {
        return AddressRange.parse(text).orElseThrow();
    }
}
