package io.meridian.domain.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Law "one address". The ranges are small, so that most samples have collisions and some exhaust
 * them.
 */
class VipPoolLawTest {
    private static final AddressRange TINY = AddressRange.parse("11.0.0.0-11.0.0.15").orElseThrow();
    private static final AddressRange TINY6 =
            AddressRange.parse("fd01:c::-fd01:c::1f").orElseThrow();
    private static final AddressRange DCOS =
            AddressRange.parse("11.0.0.0-11.255.255.255").orElseThrow();
    private static final AddressRange DCOS6 =
            AddressRange.parse("fd01:c::-fd01:c::ffff:ffff:ffff:ffff").orElseThrow();

    @Property
    void anAddressOnceGivenIsNeverTakenOrShared(
            @ForAll("names") List<String> names, @ForAll Random random) {
        VipPool pool = VipPool.empty(TINY, TINY6);
        Map<String, SortedSet<IpAddress>> seen = new HashMap<>();
        Set<IpAddress> literals = new TreeSet<>();
        for (List<String> batch : batches(names, random)) {
            List<IpAddress> used = new ArrayList<>();
            if (random.nextInt(3) == 0) {
                used.add(TINY.at(BigInteger.valueOf(random.nextInt(16))));
            }
            pool = fold(pool, pool.decide(batch, used).events());
            for (Map.Entry<String, SortedSet<IpAddress>> entry : pool.allocated().entrySet()) {
                assertThat(entry.getValue())
                        .containsAll(seen.getOrDefault(entry.getKey(), new TreeSet<>()));
                seen.put(entry.getKey(), entry.getValue());
            }
            literals.addAll(pool.literals());
            assertThat(pool.literals()).isEqualTo(literals);
            assertNothingIsShared(pool);
        }
        assertThat(pool.decide(pool.allocated().keySet(), pool.literals()).events())
                .allSatisfy(event -> assertThat(reserved(event).literals()).isEmpty());
    }

    @Property
    void anAddressIsRefusedExactlyIfNoneIsLeft(@ForAll("names") List<String> names) {
        VipPool.Decision decision = VipPool.empty(TINY, TINY6).decide(names, List.of());
        int distinct = new TreeSet<>(names).size();

        List<IpAddress> given = given(decision);
        assertThat(given.stream().filter(IpAddress::isIpv4)).hasSize(Math.min(distinct, 16));
        assertThat(given.stream().filter(IpAddress::isIpv6)).hasSize(Math.min(distinct, 32));
        assertThat(decision.refusals())
                .hasSize(Math.max(0, distinct - 16) + Math.max(0, distinct - 32));
        assertThat(given).allMatch(one -> TINY.contains(one) || TINY6.contains(one));
    }

    @Property
    void withoutCollisionsTheOrderDoesNotMatter(
            @ForAll("names") List<String> names, @ForAll Random random) {
        Set<IpAddress> firstChoices = new TreeSet<>();
        for (String name : new TreeSet<>(names)) {
            firstChoices.addAll(given(VipPool.empty(DCOS, DCOS6).decide(List.of(name), List.of())));
        }
        Assume.that(firstChoices.size() == 2 * new TreeSet<>(names).size());
        List<String> shuffled = new ArrayList<>(names);
        Collections.shuffle(shuffled, random);

        assertThat(reserve(shuffled, random)).isEqualTo(reserve(names, random));
    }

    @Property
    void theJournalRebuildsThePool(@ForAll("names") List<String> names, @ForAll Random random) {
        List<VipPoolEvent> journal = new ArrayList<>();
        VipPool pool = VipPool.empty(TINY, TINY6);
        for (List<String> batch : batches(names, random)) {
            List<VipPoolEvent> events =
                    pool.decide(batch, List.of(TINY.at(BigInteger.valueOf(random.nextInt(16)))))
                            .events();
            journal.addAll(events);
            pool = fold(pool, events);
        }

        assertThat(fold(VipPool.empty(TINY, TINY6), journal)).isEqualTo(pool);
        assertThat(fold(pool, journal)).as("applied twice").isEqualTo(pool);
    }

    private static VipPool reserve(List<String> names, Random random) {
        VipPool pool = VipPool.empty(DCOS, DCOS6);
        for (List<String> batch : batches(names, random)) {
            pool = fold(pool, pool.decide(batch, List.of()).events());
        }
        return pool;
    }

    private static VipPoolEvent.Reserved reserved(VipPoolEvent event) {
        return (VipPoolEvent.Reserved) event;
    }

    private static List<IpAddress> given(VipPool.Decision decision) {
        return decision.events().stream()
                .flatMap(event -> reserved(event).allocations().stream())
                .flatMap(allocation -> allocation.addresses().stream())
                .toList();
    }

    private static void assertNothingIsShared(VipPool pool) {
        Set<IpAddress> all = new TreeSet<>(pool.literals());
        int count = all.size();
        for (SortedSet<IpAddress> addresses : pool.allocated().values()) {
            all.addAll(addresses);
            count += addresses.size();
            assertThat(addresses.stream().filter(IpAddress::isIpv4).count()).isLessThanOrEqualTo(1);
            assertThat(addresses.stream().filter(IpAddress::isIpv6).count()).isLessThanOrEqualTo(1);
        }
        assertThat(all).hasSize(count);
    }

    private static List<List<String>> batches(List<String> names, Random random) {
        List<List<String>> batches = new ArrayList<>();
        for (int i = 0; i < names.size(); ) {
            int end = Math.min(names.size(), i + 1 + random.nextInt(5));
            batches.add(names.subList(i, end));
            i = end;
        }
        return batches;
    }

    private static VipPool fold(VipPool pool, Collection<VipPoolEvent> events) {
        for (VipPoolEvent event : events) {
            pool = pool.apply(event);
        }
        return pool;
    }

    @Provide
    Arbitrary<List<String>> names() {
        return Arbitraries.integers()
                .between(0, 60)
                .map(i -> "vip" + i + ".marathon")
                .list()
                .ofMaxSize(60);
    }
}
