package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.ServiceId;
import io.meridian.sources.marathon.ReadSchedule.Job;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.Instant;

class ReadScheduleTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final ReadSchedule schedule =
            new ReadSchedule(
                    new RereadSettings(Duration.ofMillis(100), Duration.ofMillis(250), 2, 3),
                    START);

    @Test
    void aServiceIsReadOnceItWasQuietForTheDebounceTime() {
        schedule.want(id(1), START);
        schedule.want(id(1), START.plusMillis(60));
        assertThat(schedule.takeDue(START.plusMillis(100))).isEmpty();
        assertThat(schedule.nextDue()).hasValue(START.plusMillis(160));
        assertThat(schedule.takeDue(START.plusMillis(160))).containsExactly(new Job.Service(id(1)));
        assertThat(schedule.takeDue(START.plusMillis(500))).isEmpty();
    }

    @Test
    void aBusyServiceIsReadAfterTheLongestDebounce() {
        for (int ms = 0; ms <= 240; ms += 40) {
            schedule.want(id(1), START.plusMillis(ms));
            assertThat(schedule.takeDue(START.plusMillis(ms))).isEmpty();
        }
        assertThat(schedule.takeDue(START.plusMillis(250))).hasSize(1);
    }

    @Test
    void readsInFlightAreBounded() {
        for (int i = 0; i < 3; i++) {
            schedule.want(id(i), START);
        }
        Instant now = START.plusMillis(200);
        assertThat(schedule.takeDue(now))
                .containsExactly(new Job.Service(id(0)), new Job.Service(id(1)));
        assertThat(schedule.takeDue(now)).isEmpty();
        schedule.succeeded(new Job.Service(id(0)), now);
        assertThat(schedule.takeDue(now)).containsExactly(new Job.Service(id(2)));
    }

    @Test
    void aServiceThatIsBeingReadIsNotReadTwiceAtOnce() {
        schedule.want(id(1), START);
        schedule.takeDue(START.plusMillis(200));
        schedule.want(id(1), START.plusMillis(200));
        assertThat(schedule.takeDue(START.plusMillis(400))).isEmpty();
        schedule.succeeded(new Job.Service(id(1)), START.plusMillis(400));
        assertThat(schedule.takeDue(START.plusMillis(400))).hasSize(1);
    }

    @Test
    void tooManyServicesAreOneListingInstead() {
        for (int i = 0; i < 4; i++) {
            schedule.want(id(i), START);
        }
        assertThat(schedule.takeDue(START.plusMillis(200))).containsExactly(new Job.ListAll());
        assertThat(schedule.takeDue(START.plusMillis(2000))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "20, 0, 20, false", "21, 0, 20, true", "21, 41, 20, true", "21, 42, 20, false",
        "100, 200, 20, false", "101, 200, 20, true", "3, 4, 20, false", "20001, 40000, 20, true"
    })
    void aListingIsCheaperThanReadsOfMoreThanTheThresholdAndHalfOfAllServices(
            int due, int known, int threshold, boolean cheaper) {
        assertThat(ReadSchedule.isListingCheaper(due, known, threshold)).isEqualTo(cheaper);
    }

    /** 60 of 200 services have an event each 90 ms for a minute; a read takes 10 ms. */
    @Test
    void underChurnOfFewerThanHalfOfAllServicesNoListingIsRead() {
        ReadSchedule churned =
                new ReadSchedule(
                        new RereadSettings(Duration.ofMillis(100), Duration.ofSeconds(2), 4, 20),
                        START);
        churned.listed(200);
        int reads = 0;
        int listings = 0;
        for (int ms = 0; ms < 60_000; ms += 10) {
            Instant now = START.plusMillis(ms);
            if (ms % 90 == 0) {
                for (int i = 0; i < 60; i++) {
                    churned.want(id(i), now);
                }
            }
            for (Job job : churned.takeDue(now)) {
                if (job instanceof Job.ListAll) {
                    listings++;
                } else {
                    reads++;
                }
                churned.succeeded(job, now.plusMillis(10));
            }
        }
        assertThat(listings).isZero();
        assertThat(reads).isBetween(60 * 25, 60 * 31);
    }

    @Test
    void automaticListingsKeepTheirDistance() {
        schedule.wantListing(START);
        assertThat(schedule.takeDue(START)).hasSize(1);
        schedule.succeeded(new Job.ListAll(), START.plusMillis(900));
        schedule.wantListingSpaced(START.plusMillis(900), Duration.ZERO);
        assertThat(schedule.nextDue()).hasValue(START.plusMillis(1800));
    }

    @Test
    void onlyEventsDuringAListingOutdateItsServices() {
        schedule.outdate(id(1));
        schedule.wantListing(START);
        schedule.takeDue(START);
        schedule.outdate(id(2));
        schedule.outdateGroup("/shop");
        assertThat(schedule.outdatedInListing(id(1))).isFalse();
        assertThat(schedule.outdatedInListing(id(2))).isTrue();
        assertThat(schedule.outdatedInListing(new ServiceId("marathon", "/shop/web"))).isTrue();
        assertThat(schedule.outdatedInListing(new ServiceId("marathon", "/shopping"))).isFalse();
    }

    @Test
    void aFailedReadIsRepeatedWithGrowingDelay() {
        schedule.want(id(1), START);
        Instant now = START.plusMillis(200);
        for (long delay : new long[] {1000, 2000, 4000}) {
            assertThat(schedule.takeDue(now)).hasSize(1);
            assertThat(schedule.failed(new Job.Service(id(1)), now)).isTrue();
            assertThat(schedule.nextDue()).hasValue(now.plusMillis(delay));
            now = now.plusMillis(delay);
        }
    }

    @Test
    void aVersionIsGivenUpAfterFiveFailures() {
        schedule.wantVersion(id(1), Instant.EPOCH, START);
        Job job = new Job.Version(id(1), Instant.EPOCH);
        Instant now = START;
        for (int failure = 1; failure <= 5; failure++) {
            assertThat(schedule.takeDue(now)).containsExactly(job);
            assertThat(schedule.failed(job, now)).isEqualTo(failure < 5);
            now = now.plus(Duration.ofMinutes(1));
        }
        assertThat(schedule.takeDue(now)).isEmpty();
    }

    @Test
    void aLostStreamVoidsReadsButVersionsAreStillWanted() {
        schedule.want(id(1), START);
        schedule.wantListing(START);
        schedule.wantVersion(id(1), Instant.EPOCH, START);
        schedule.takeDue(START);
        schedule.clear();
        assertThat(schedule.takeDue(START.plusMillis(500)))
                .containsExactly(new Job.Version(id(1), Instant.EPOCH));
    }

    private static ServiceId id(int n) {
        return new ServiceId("marathon", "/s" + n);
    }
}
