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

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

class VipPoolEntityTest {
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
                    VipPoolEntity.create(range("11.0.0.0-11.0.0.1"), range("fd01:c::-fd01:c::1")),
                    EventSourcedBehaviorTestKit.enabledSerializationSettings()
                            .withVerifyEquality(true)
                            .withVerifyState(false)); // has no snapshots, so never written

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void aNameGetsOneAddressOfEachFamily() {
        var result = reserve(List.of("web.marathon"), List.of());

        assertThat(result.events()).hasSize(1);
        assertThat(result.reply()).isEqualTo(new VipPoolEntity.Reserved(1, List.of()));
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
                .hasSize(2)
                .allSatisfy(one -> assertThat(one).startsWith("VIP c.marathon gets no address"));
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
