package io.meridian.simulator.marathon;

import io.meridian.simulator.marathon.fault.Emission;
import io.meridian.simulator.marathon.fault.Ending;
import io.meridian.simulator.marathon.fault.Faults;

import java.util.ArrayList;
import java.util.List;

/** Sends every event to every consumer, subject to faults. Only the simulation thread. */
final class EventBus implements Faults.Streams {
    private final List<EventSubscriber> subscribers = new ArrayList<>();
    private final Faults faults;
    private final SimulationLoop loop;

    EventBus(Faults faults, SimulationLoop loop) {
        this.faults = faults;
        this.loop = loop;
        faults.attach(this);
    }

    void publish(EventFrame frame) {
        for (Emission emission : faults.pass(frame)) {
            if (emission.delay().isZero()) {
                send(emission);
            } else {
                loop.after(emission.delay(), () -> send(emission));
            }
        }
    }

    private void send(Emission emission) {
        subscribers.forEach(subscriber -> subscriber.offer(emission));
    }

    void subscribe(EventSubscriber subscriber) {
        subscriber.setSilent(faults.isSilent());
        subscribers.add(subscriber);
    }

    /** Whether the consumer was subscribed until now. */
    boolean unsubscribe(EventSubscriber subscriber) {
        return subscribers.remove(subscriber);
    }

    int size() {
        return subscribers.size();
    }

    @Override
    public void end(Ending ending) {
        loop.tell(
                () -> {
                    subscribers.forEach(
                            ending == Ending.RESET ? EventSubscriber::reset : EventSubscriber::end);
                    subscribers.clear();
                });
    }

    @Override
    public void silence(boolean silent) {
        loop.tell(() -> subscribers.forEach(subscriber -> subscriber.setSilent(silent)));
    }
}
