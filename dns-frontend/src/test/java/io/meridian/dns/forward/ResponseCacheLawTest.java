package io.meridian.dns.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.Oracle;
import io.meridian.dns.forward.ResponseCache.Lookup;
import io.meridian.dns.wire.MessageReader;
import io.meridian.dns.wire.MessageWriter;
import io.meridian.dns.wire.Query;
import io.meridian.dns.wire.Response;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

class ResponseCacheLawTest {
    private static final Message QUESTION = Oracle.question("www.example.org", Type.A);
    private static final Question ASKED = question("www.example.org");
    private static final long MAX = 86_400;

    private long now = 42;
    private ResponseCache cache = cache(1 << 20, Duration.ZERO, true);

    private ResponseCache cache(long bytes, Duration minTtl, boolean stale) {
        return new ResponseCache(
                new ForwardSettings.Cache(
                        bytes,
                        minTtl,
                        Duration.ofSeconds(MAX),
                        Duration.ofHours(1),
                        Duration.ofSeconds(2),
                        stale,
                        Duration.ofMillis(1800),
                        Duration.ofDays(1)),
                () -> now);
    }

    private static Question question(String name) {
        byte[] packet = Oracle.question(name, Type.A).toWire();
        return Question.of((Query) MessageReader.read(packet, packet.length));
    }

    private static Response response(Message message) {
        byte[] bytes = message.toWire(65535);
        return Response.read(bytes, bytes.length).orElseThrow();
    }

    private static Message written(ForwardedResponse relay) {
        byte[] packet = QUESTION.toWire();
        Query query = (Query) MessageReader.read(packet, packet.length);
        MessageWriter writer = new MessageWriter(1232);
        int length =
                writer.write(
                        query, relay.response().orElseThrow(), relay.rule(), 65535, true, false);
        return Oracle.parse(Arrays.copyOf(writer.buffer(), length));
    }

    private Optional<Message> fresh() {
        return cache.find(ASKED) instanceof Lookup.Fresh(ForwardedResponse relay, boolean stale)
                        && !stale
                ? Optional.of(written(relay))
                : Optional.empty();
    }

    private void later(Duration duration) {
        now += duration.toNanos();
    }

    private static Message addresses(List<Long> ttls) {
        Message reply = Replies.of(QUESTION, Rcode.NOERROR);
        for (int i = 0; i < ttls.size(); i++) {
            String address = "10.0." + i / 250 + "." + i % 250;
            Replies.with(reply, Section.ANSWER, "www.example.org " + ttls.get(i) + " A " + address);
        }
        return reply;
    }

    private static Message denial(int rcode, long ttl, long minimum) {
        return Replies.with(
                Replies.of(QUESTION, rcode),
                Section.AUTHORITY,
                "example.org " + ttl + " SOA ns. root. 1 2 3 4 " + minimum);
    }

    private static List<String> data(Message message) {
        List<String> all = new ArrayList<>();
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
            for (Record record : message.getSection(section)) {
                all.add(section + " " + record.getName() + " " + record.rdataToString());
            }
        }
        return all;
    }

    /** An answer from the cache is the server's, with TTLs reduced by its age. */
    @Property
    void cachedTtlsAreReducedByTheirAge(
            @ForAll("ttls") @Size(min = 1, max = 40) List<Long> ttls,
            @ForAll @LongRange(max = 90_000_000) long ageMillis) {
        Message original = addresses(ttls);
        cache = cache(1 << 20, Duration.ZERO, true);
        cache.put(ASKED, response(original));
        later(Duration.ofMillis(ageMillis));
        long lowest = Math.min(MAX, ttls.stream().mapToLong(t -> t).min().orElseThrow());
        Optional<Message> cached = fresh();
        assertThat(cached.isPresent()).isEqualTo(ageMillis < lowest * 1000);
        if (cached.isPresent()) {
            assertThat(data(cached.get())).isEqualTo(data(original));
            List<Record> answers = cached.get().getSection(Section.ANSWER);
            for (int i = 0; i < ttls.size(); i++) {
                long ttl = answers.get(i).getTTL();
                long age = (ageMillis + 999) / 1000;
                assertThat(ttl).isEqualTo(Math.min(MAX, ttls.get(i)) - age);
            }
        }
    }

    /** At any age, a client caches an answer no longer than the upstream's TTL allows. */
    @Property
    void noTtlExceedsTheRestOfTheUpstreamsTtl(
            @ForAll("ttls") @Size(min = 1, max = 5) List<Long> ttls,
            @ForAll @LongRange(max = 200_000_000) long ageMillis,
            @ForAll @IntRange(max = 100) int minTtl) {
        ResponseCache keeping = cache(1 << 20, Duration.ofSeconds(minTtl), true);
        keeping.put(ASKED, response(addresses(ttls)));
        later(Duration.ofMillis(ageMillis));
        switch (keeping.find(ASKED)) {
            case Lookup.Fresh(ForwardedResponse relay, boolean _) -> {
                List<Record> answers = written(relay).getSection(Section.ANSWER);
                for (int i = 0; i < ttls.size(); i++) {
                    long left = Math.max(0, ttls.get(i) * 1000 - ageMillis);
                    assertThat(answers.get(i).getTTL() * 1000).isLessThanOrEqualTo(left);
                }
            }
            case Lookup.Stale(ForwardedResponse relay) -> {
                List<Record> answers = written(relay).getSection(Section.ANSWER);
                for (int i = 0; i < ttls.size(); i++) {
                    assertThat(answers.get(i).getTTL()).isEqualTo(Math.min(30, ttls.get(i)));
                }
            }
            case Lookup.Nothing _ -> {}
        }
    }

    /** Cache and client (RFC 2308 5) keep a negative answer no longer than its SOA says. */
    @Property
    void aDenialNeverOutlivesItsSoa(
            @ForAll @LongRange(max = 5000) long ttl,
            @ForAll @LongRange(max = 5000) long minimum,
            @ForAll boolean noData,
            @ForAll @LongRange(max = 6_000_000) long ageMillis) {
        cache = cache(1 << 20, Duration.ZERO, true);
        cache.put(ASKED, response(denial(noData ? Rcode.NOERROR : Rcode.NXDOMAIN, ttl, minimum)));
        later(Duration.ofMillis(ageMillis));
        long lifetime = Math.min(Math.min(ttl, minimum), 3600);
        Optional<Message> cached = fresh();
        assertThat(cached.isPresent()).isEqualTo(ageMillis < lifetime * 1000);
        if (cached.isPresent()) {
            Record soa = cached.get().getSection(Section.AUTHORITY).getFirst();
            long kept = Math.min(soa.getTTL(), minimum);
            assertThat(ageMillis + kept * 1000).isLessThanOrEqualTo(Math.min(ttl, minimum) * 1000);
        }
    }

    @Provide
    Arbitrary<List<Long>> ttls() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().between(0, 100_000),
                        Arbitraries.longs().between(0, Integer.MAX_VALUE))
                .list();
    }

    @Test
    void aTtlWithItsHighestBitSetIsZero() {
        byte[] bytes = addresses(List.of(1L)).toWire();
        int ttlAt = bytes.length - 10;
        bytes[ttlAt] = (byte) 0xff;
        cache.put(ASKED, Response.read(bytes, bytes.length).orElseThrow());
        assertThat(cache.find(ASKED)).isInstanceOf(Lookup.Nothing.class);
    }

    @Test
    void truncatedEmptyAndSoalessNegativeAnswersAreNotCached() {
        Message cut = addresses(List.of(300L));
        cut.getHeader().setFlag(Flags.TC);
        cache.put(ASKED, response(cut));
        assertThat(fresh()).isEmpty();
        cache.put(ASKED, response(Replies.of(QUESTION, Rcode.NXDOMAIN)));
        assertThat(fresh()).isEmpty();
        cache.put(ASKED, response(Replies.of(QUESTION, Rcode.NOERROR)));
        assertThat(fresh()).isEmpty();
    }

    @Test
    void anAliasToAMissingNameIsANegativeAnswer() {
        Message reply = denial(Rcode.NOERROR, 900, 60);
        Replies.with(reply, Section.ANSWER, "www.example.org 300 CNAME a.example.org.");
        cache.put(ASKED, response(reply));
        later(Duration.ofSeconds(59));
        assertThat(fresh()).isPresent();
        later(Duration.ofSeconds(1));
        assertThat(fresh()).isEmpty();
    }

    @Test
    void failuresAreCachedForSeconds() {
        Response refused = response(Replies.of(QUESTION, Rcode.REFUSED));
        cache.putFailure(ASKED, Optional.of(refused));
        assertThat(cache.find(ASKED))
                .isInstanceOfSatisfying(
                        Lookup.Fresh.class,
                        known -> assertThat(known.response().response()).contains(refused));
        later(Duration.ofSeconds(2));
        assertThat(cache.find(ASKED)).isInstanceOf(Lookup.Nothing.class);
        cache.putFailure(ASKED, Optional.empty());
        assertThat(cache.find(ASKED)).isInstanceOf(Lookup.Fresh.class);
    }

    @Test
    void expiredAnswersAreServedOnFailureForADay() {
        cache.put(ASKED, response(addresses(List.of(300L))));
        later(Duration.ofMinutes(5));
        assertThat(cache.find(ASKED)).isInstanceOf(Lookup.Stale.class);
        cache.putFailure(ASKED, Optional.empty());
        assertThat(cache.find(ASKED))
                .isInstanceOfSatisfying(
                        Lookup.Fresh.class,
                        known -> {
                            assertThat(known.stale()).isTrue();
                            assertThat(
                                            written(known.response())
                                                    .getSection(Section.ANSWER)
                                                    .getFirst()
                                                    .getTTL())
                                    .isEqualTo(30);
                        });
        later(Duration.ofSeconds(30)); // then the upstreams are queried again
        assertThat(cache.find(ASKED)).isInstanceOf(Lookup.Stale.class);
        cache.put(ASKED, response(addresses(List.of(60L))));
        assertThat(fresh()).isPresent();
        later(Duration.ofMinutes(1).plusDays(1).minusNanos(1));
        assertThat(cache.find(ASKED)).isInstanceOf(Lookup.Stale.class);
        later(Duration.ofNanos(1));
        assertThat(cache.find(ASKED)).isInstanceOf(Lookup.Nothing.class);
    }

    @Test
    void withoutServeStaleExpiredAnswersAreNotServed() {
        ResponseCache strict = cache(1 << 20, Duration.ZERO, false);
        strict.put(ASKED, response(addresses(List.of(300L))));
        later(Duration.ofMinutes(5));
        assertThat(strict.find(ASKED)).isInstanceOf(Lookup.Nothing.class);
    }

    @Test
    void theCacheStaysWithinItsByteLimit() {
        ResponseCache small = cache(20_000, Duration.ZERO, true);
        for (int i = 0; i < 1000; i++) {
            small.put(question("n" + i + ".example.org"), response(addresses(List.of(300L))));
        }
        assertThat(small.size()).isBetween(20L, 45L);
        assertThat(small.bytes()).isBetween(10_000L, 20_000L);
        ResponseCache none = cache(0, Duration.ZERO, true);
        none.put(ASKED, response(addresses(List.of(300L))));
        assertThat(none.size()).isZero();
    }

    @Test
    void theCacheKeyIgnoresCaseButNotDoAndCd() {
        cache.put(ASKED, response(addresses(List.of(300L))));
        assertThat(cache.find(question("WWW.Example.ORG"))).isInstanceOf(Lookup.Fresh.class);
        Question validated =
                new Question(ASKED.name(), ASKED.type(), ASKED.dnsClass(), true, false, true);
        Question unchecked =
                new Question(ASKED.name(), ASKED.type(), ASKED.dnsClass(), true, true, false);
        assertThat(cache.find(validated)).isInstanceOf(Lookup.Nothing.class);
        assertThat(cache.find(unchecked)).isInstanceOf(Lookup.Nothing.class);
    }
}
