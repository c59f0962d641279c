package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.ServiceId;

import org.junit.jupiter.api.Test;

import java.time.Instant;

class GroupChangesTest {
    private static final ServiceId WEB = new ServiceId("marathon", "/shop/web");

    private final GroupChanges changes = new GroupChanges();

    @Test
    void aServiceThatWasJustNamedExplainsTheGroupsAboveIt() {
        changes.changing(WEB, at(0));
        assertThat(changes.explain("/shop", at(1))).containsExactly(WEB);
        assertThat(changes.explain("/", at(1))).containsExactly(WEB);
        assertThat(changes.nextDue()).isEmpty();
    }

    @Test
    void aServiceThatIsNamedSoonAfterExplainsItToo() {
        assertThat(changes.explain("/shop", at(0))).isEmpty();
        changes.changing(WEB, at(1));
        assertThat(changes.overdue(at(1_000_000))).isEmpty();
    }

    @Test
    void otherServicesAndOldNamesExplainNothing() {
        changes.changing(new ServiceId("marathon", "/shopping/web"), at(0));
        assertThat(changes.explain("/shop", at(1))).isEmpty();
        changes.changing(WEB, at(0));
        assertThat(changes.explain("/shop", at(1).plus(GroupChanges.EXPLAINS))).isEmpty();
        assertThat(changes.nextDue()).isPresent();
    }

    @Test
    void anUnexplainedGroupChangeIsReportedOnceAfterItsWait() {
        changes.explain("/shop", at(5));
        assertThat(changes.overdue(at(5))).isEmpty();
        assertThat(changes.overdue(at(5).plus(GroupChanges.MAX_WAIT))).containsExactly("/shop");
        assertThat(changes.overdue(at(5).plus(GroupChanges.MAX_WAIT))).isEmpty();
    }

    private static Instant at(long nanos) {
        return Instant.EPOCH.plusNanos(nanos);
    }
}
