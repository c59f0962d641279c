package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.ServiceId;
import io.meridian.sources.marathon.ReadSchedule.Job;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

class ReadScheduleTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long START =
            Long.MAX_VALUE - 1000 * MS; // nanoTime may overflow while we run

    private final ReadSchedule schedule =
            new ReadSchedule(
                    new ReadSettings(Duration.ofMillis(100), Duration.ofMillis(250), 2, 3), START);

    @Test
    void aServiceIsReadOnceItWasQuietForTheDebounceTime() {
        schedule.want(id(1), START);
        schedule.want(id(1), START + 60 * MS);
        assertThat(schedule.takeDue(START + 100 * MS)).isEmpty();
        assertThat(schedule.nextDue()).hasValue(START + 160 * MS);
        assertThat(schedule.takeDue(START + 160 * MS)).containsExactly(new Job.Service(id(1)));
        assertThat(schedule.takeDue(START + 500 * MS)).isEmpty();
    }

    @Test
    void aBusyServiceIsReadAtTheCap() {
        for (int ms = 0; ms <= 240; ms += 40) {
            schedule.want(id(1), START + ms * MS);
            assertThat(schedule.takeDue(START + ms * MS)).isEmpty();
        }
        assertThat(schedule.takeDue(START + 250 * MS)).hasSize(1);
    }

    @Test
    void onlySoManyReadsAreUnderWay() {
        for (int i = 0; i < 3; i++) {
            schedule.want(id(i), START);
        }
        long now = START + 200 * MS;
        assertThat(schedule.takeDue(now))
                .containsExactly(new Job.Service(id(0)), new Job.Service(id(1)));
        assertThat(schedule.takeDue(now)).isEmpty();
        schedule.succeeded(new Job.Service(id(0)), now);
        assertThat(schedule.takeDue(now)).containsExactly(new Job.Service(id(2)));
    }

    @Test
    void aServiceThatIsBeingReadIsNotReadTwiceAtOnce() {
        schedule.want(id(1), START);
        schedule.takeDue(START + 200 * MS);
        schedule.want(id(1), START + 200 * MS);
        assertThat(schedule.takeDue(START + 400 * MS)).isEmpty();
        schedule.succeeded(new Job.Service(id(1)), START + 400 * MS);
        assertThat(schedule.takeDue(START + 400 * MS)).hasSize(1);
    }

    @Test
    void tooManyServicesAreOneListingInstead() {
        for (int i = 0; i < 4; i++) {
            schedule.want(id(i), START);
        }
        assertThat(schedule.takeDue(START + 200 * MS)).containsExactly(new Job.ListAll());
        assertThat(schedule.takeDue(START + 2000 * MS)).isEmpty();
    }

    @Test
    void listingsThatNobodyAskedForByHandKeepTheirDistance() {
        schedule.wantListing(START);
        assertThat(schedule.takeDue(START)).hasSize(1);
        schedule.succeeded(new Job.ListAll(), START + 900 * MS);
        schedule.wantListingSpaced(START + 900 * MS, 0);
        assertThat(schedule.nextDue()).hasValue(START + 1800 * MS);
    }

    @Test
    void whatIsToldWhileTheListingIsReadIsOutdatedInItWhatWasToldBeforeIsNot() {
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
        long now = START + 200 * MS;
        for (long delay : new long[] {1000, 2000, 4000}) {
            assertThat(schedule.takeDue(now)).hasSize(1);
            assertThat(schedule.failed(new Job.Service(id(1)), now)).isTrue();
            assertThat(schedule.nextDue()).hasValue(now + delay * MS);
            now += delay * MS;
        }
    }

    @Test
    void aVersionIsGivenUpAfterFiveFailures() {
        schedule.wantVersion(id(1), Instant.EPOCH, START);
        Job job = new Job.Version(id(1), Instant.EPOCH);
        long now = START;
        for (int failure = 1; failure <= 5; failure++) {
            assertThat(schedule.takeDue(now)).containsExactly(job);
            assertThat(schedule.failed(job, now)).isEqualTo(failure < 5);
            now += TimeUnit.MINUTES.toNanos(1);
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
        assertThat(schedule.takeDue(START + 500 * MS))
                .containsExactly(new Job.Version(id(1), Instant.EPOCH));
    }

    private static ServiceId id(int n) {
        return new ServiceId("marathon", "/s" + n);
    }
}
