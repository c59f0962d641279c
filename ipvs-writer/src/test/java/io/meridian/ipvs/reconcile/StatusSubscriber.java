package io.meridian.ipvs.reconcile;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;

import java.time.Duration;
import java.util.function.Predicate;

/** Subscribes to a writer's status until a test's condition holds. */
final class StatusSubscriber {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private StatusSubscriber() {}

    /**
     * The first status from now on that meets the condition; fails with all statuses if none does.
     */
    static IpvsStatus await(
            ActorTestKit kit, ActorRef<IpvsWriter.Command> writer, Predicate<IpvsStatus> expected) {
        TestProbe<IpvsWriter.StatusUpdate> probe =
                kit.createTestProbe(IpvsWriter.StatusUpdate.class);
        writer.tell(new IpvsWriter.Subscribe(probe.ref()));
        IpvsStatus status =
                probe.fishForMessage(
                                PATIENCE,
                                statusUpdate ->
                                        expected.test(statusUpdate.status())
                                                ? FishingOutcomes.complete()
                                                : FishingOutcomes.continueAndCollect())
                        .getLast()
                        .status();
        probe.stop();
        return status;
    }

    /** Like {@link #await}, for a status of an available kernel without warnings. */
    static IpvsStatus awaitAvailable(
            ActorTestKit kit, ActorRef<IpvsWriter.Command> writer, Predicate<IpvsStatus> expected) {
        return await(
                kit,
                writer,
                now ->
                        now.unavailable().isEmpty()
                                && now.warnings().isEmpty()
                                && expected.test(now));
    }
}
