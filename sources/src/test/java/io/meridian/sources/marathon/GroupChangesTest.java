package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.ServiceId;

import org.junit.jupiter.api.Test;

class GroupChangesTest {
    private static final ServiceId WEB = new ServiceId("marathon", "/shop/web");

    private final GroupChanges changes = new GroupChanges();

    @Test
    void aServiceThatWasJustNamedExplainsTheGroupsAboveIt() {
        changes.name(WEB, 0);
        assertThat(changes.explain("/shop", 1)).containsExactly(WEB);
        assertThat(changes.explain("/", 1)).containsExactly(WEB);
        assertThat(changes.nextDue()).isEmpty();
    }

    @Test
    void aServiceThatIsNamedSoonAfterExplainsItToo() {
        assertThat(changes.explain("/shop", 0)).isEmpty();
        changes.name(WEB, 1);
        assertThat(changes.overdue(Long.MAX_VALUE / 2)).isEmpty();
    }

    @Test
    void otherServicesAndOldNamesExplainNothing() {
        changes.name(new ServiceId("marathon", "/shopping/web"), 0);
        assertThat(changes.explain("/shop", 1)).isEmpty();
        changes.name(WEB, 0);
        assertThat(changes.explain("/shop", GroupChanges.EXPLAINS + 1)).isEmpty();
        assertThat(changes.nextDue()).isPresent();
    }

    @Test
    void whatNothingExplainsIsToldOnceWhenItsTimeIsUp() {
        changes.explain("/shop", 5);
        assertThat(changes.overdue(5)).isEmpty();
        assertThat(changes.overdue(5 + GroupChanges.PATIENCE)).containsExactly("/shop");
        assertThat(changes.overdue(5 + GroupChanges.PATIENCE)).isEmpty();
    }
}
