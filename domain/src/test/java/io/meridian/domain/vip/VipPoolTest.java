package io.meridian.domain.vip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.vip.VipPool.Refusal;
import io.meridian.domain.vip.VipPoolEvent.Allocation;
import io.meridian.domain.vip.VipPoolEvent.Reserved;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

class VipPoolTest {
    private static final AddressRange DCOS = range("11.0.0.0-11.255.255.255");
    private static final AddressRange DCOS6 = range("fd01:c::-fd01:c::ffff:ffff:ffff:ffff");
    private static final AddressRange SMALL = range("11.0.0.0-11.0.0.254");

    @ParameterizedTest
    @CsvSource({
        "l4lbtest.marathon, 11.128.73.162",
        "redis.marathon, 11.202.66.36",
        "mygroupmyapp.marathon, 11.198.144.68"
    })
    void aNameHasTheAddressDcosGivesIt(String name, String address) {
        assertThat(reserve(VipPool.empty(DCOS, DCOS6), name).addresses(name)).contains(ip(address));
    }

    @Test
    void aNameHasTheIpv6AddressDcosGivesIt() {
        assertThat(reserve(VipPool.empty(SMALL, DCOS6), "qux.ipv6").addresses("qux.ipv6"))
                .contains(ip("fd01:c::6d6d:9c64:fd19:f251"));
    }

    @Test
    void aNameGetsOneAddressOfEachFamily() {
        VipPool.Decision decision =
                VipPool.empty(SMALL, DCOS6).decide(List.of("foo.bar"), List.of());

        assertThat(decision.refusals()).isEmpty();
        Allocation given = allocations(decision).getFirst();
        assertThat(given.name()).isEqualTo("foo.bar");
        assertThat(given.addresses()).hasSize(2);
        assertThat(given.addresses().first()).isEqualTo(ip("11.0.0.37"));
        assertThat(given.addresses().last()).matches(DCOS6::contains);
    }

    @Test
    void manyNamesAreOneEvent() {
        List<String> names = IntStream.range(0, 1000).mapToObj(i -> "vip-" + i).toList();
        VipPool.Decision decision =
                VipPool.empty(DCOS, DCOS6).decide(names, List.of(ip("11.0.0.1")));

        assertThat(decision.events()).hasSize(1);
        assertThat(allocations(decision)).hasSize(1000);
    }

    @Test
    void aRepeatedRequestDecidesNothing() {
        VipPool pool = reserve(VipPool.empty(SMALL, DCOS6), "foo.bar");

        assertThat(pool.decide(List.of("foo.bar", "foo.bar"), List.of()).events()).isEmpty();
    }

    @Test
    void aTakenAddressIsSkipped() {
        VipPool pool = VipPool.empty(SMALL, DCOS6);
        pool =
                apply(
                        pool,
                        List.of(
                                new Reserved(
                                        List.of(allocation("first", "11.0.0.37")),
                                        new TreeSet<>(Set.of(ip("11.0.0.38"))))));

        assertThat(reserve(pool, "foo.bar").addresses("foo.bar")).contains(ip("11.0.0.39"));
    }

    @Test
    void allocationWrapsAroundAtTheEndOfTheRange() {
        AddressRange three = range("11.0.0.1-11.0.0.3");
        VipPool pool = VipPool.empty(three, DCOS6);
        pool = reserve(pool, "a", "b", "c");

        assertThat(pool.allocated().values().stream().map(addresses -> addresses.first()))
                .containsExactlyInAnyOrder(ip("11.0.0.1"), ip("11.0.0.2"), ip("11.0.0.3"));
        VipPool.Decision full = pool.decide(List.of("a", "d"), List.of());
        assertThat(full.refusals()).containsExactly(new Refusal.Exhausted("d", three));
        assertThat(full.refusals().getFirst().sentence())
                .isEqualTo("VIP d gets no address: all of 11.0.0.1-11.0.0.3 are taken");
        assertThat(allocations(full).getFirst().addresses())
                .singleElement()
                .matches(DCOS6::contains);
    }

    @Test
    void aRangeOfOneAddressHasOneVip() {
        AddressRange one = range("11.0.0.1-11.0.0.1");
        VipPool pool = reserve(VipPool.empty(one, DCOS6), "a");

        assertThat(pool.addresses("a")).contains(ip("11.0.0.1"));
        assertThat(pool.decide(List.of("b"), List.of()).refusals())
                .containsExactly(new Refusal.Exhausted("b", one));
    }

    @Test
    void anAddressOfAnIpVipIsGivenToNoName() {
        VipPool.Decision decision =
                VipPool.empty(SMALL, DCOS6)
                        .decide(
                                List.of("foo.bar"),
                                List.of(
                                        ip("11.0.0.37"),
                                        ip("11.0.0.37"),
                                        ip("10.0.0.1"),
                                        ip("fd02::1")));

        assertThat(reserved(decision).literals()).containsExactly(ip("11.0.0.37"));
        assertThat(allocations(decision).getFirst().addresses()).contains(ip("11.0.0.38"));
        VipPool pool = apply(VipPool.empty(SMALL, DCOS6), decision.events());
        assertThat(pool.literals()).containsExactly(ip("11.0.0.37"));
        assertThat(pool.decide(List.of(), List.of(ip("11.0.0.37"))).events()).isEmpty();
    }

    @Test
    void aNameKeepsItsAddressIfAnIpVipUsesItLater() {
        VipPool pool = reserve(VipPool.empty(SMALL, DCOS6), "foo.bar");
        VipPool.Decision decision = pool.decide(List.of("foo.bar"), List.of(ip("11.0.0.37")));

        assertThat(decision.events()).isEmpty();
        assertThat(decision.refusals())
                .containsExactly(new Refusal.Taken(ip("11.0.0.37"), "foo.bar"));
        assertThat(decision.refusals().getFirst().sentence())
                .contains("11.0.0.37")
                .contains("foo.bar");
    }

    @Test
    void addressesStayWhenTheRangeChanges() {
        List<VipPoolEvent> journal =
                VipPool.empty(SMALL, DCOS6).decide(List.of("foo.bar"), List.of()).events();
        VipPool moved = apply(VipPool.empty(range("11.1.0.0-11.1.0.254"), DCOS6), journal);

        assertThat(moved.addresses("foo.bar")).contains(ip("11.0.0.37"));
        assertThat(moved.decide(List.of("foo.bar"), List.of()).events()).isEmpty();
        assertThat(reserve(moved, "baz.qux").addresses("baz.qux")).contains(ip("11.1.0.39"));
    }

    @Test
    void aNameThatIsNotKnownHasNoAddress() {
        assertThat(VipPool.empty(SMALL, DCOS6).addresses("foo.bar")).isEmpty();
    }

    @Test
    void thePoolNeedsOneRangeOfEachFamily() {
        assertThatIllegalArgumentException().isThrownBy(() -> VipPool.empty(DCOS6, SMALL));
        assertThatIllegalArgumentException().isThrownBy(() -> VipPool.empty(SMALL, DCOS));
    }

    private static Reserved reserved(VipPool.Decision decision) {
        return (Reserved) decision.events().getFirst();
    }

    private static List<Allocation> allocations(VipPool.Decision decision) {
        return reserved(decision).allocations();
    }

    private static Allocation allocation(String name, String address) {
        return new Allocation(name, new TreeSet<>(Set.of(ip(address))));
    }

    private static VipPool reserve(VipPool pool, String... names) {
        return apply(pool, pool.decide(Set.of(names), List.of()).events());
    }

    private static VipPool apply(VipPool pool, Collection<? extends VipPoolEvent> events) {
        for (VipPoolEvent event : events) {
            pool = pool.apply(event);
        }
        return pool;
    }

    private static AddressRange range(String text) {
        return AddressRange.parse(text).orElseThrow();
    }

    private static IpAddress ip(String text) {
        return IpAddress.literal(text);
    }
}
