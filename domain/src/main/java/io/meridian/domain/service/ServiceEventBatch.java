package io.meridian.domain.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One journal entry of a service: the events that follow from one claim, in order. A listing of a
 * service with a thousand tasks is sixteen entries this way instead of a thousand.
 *
 * @param events one or more, all of one service
 */
public record ServiceEventBatch(List<ServiceEvent> events) {
    /**
     * Upper bound of an entry's weight. An entry must fit into one message between nodes (256 KiB
     * by Akka's default), and an event takes about 1 kB, more if it has many ports.
     */
    private static final int MAX_WEIGHT = 64;

    private static final int PORTS_PER_WEIGHT = 6;

    public ServiceEventBatch {
        events = List.copyOf(events);
        ServiceId service = Objects.requireNonNull(events.getFirst().service());
        if (!events.stream().allMatch(event -> service.equals(event.service()))) {
            throw new IllegalArgumentException("not events of one service: " + events);
        }
    }

    public ServiceId service() {
        return events.getFirst().service();
    }

    /**
     * Divides events into entries.
     *
     * @param events of one service, in order; may be empty
     * @return the same events in the same order, in as few entries as hold them
     */
    public static List<ServiceEventBatch> of(List<ServiceEvent> events) {
        List<ServiceEventBatch> batches = new ArrayList<>();
        List<ServiceEvent> next = new ArrayList<>();
        int weight = 0;
        for (ServiceEvent event : events) {
            int own = weight(event);
            if (!next.isEmpty() && weight + own > MAX_WEIGHT) {
                batches.add(new ServiceEventBatch(next));
                next.clear();
                weight = 0;
            }
            next.add(event);
            weight += own;
        }
        if (!next.isEmpty()) {
            batches.add(new ServiceEventBatch(next));
        }
        return batches;
    }

    /** Approximate size in kB, 1 or more: some instances have a hundred ports. */
    private static int weight(ServiceEvent event) {
        int ports =
                switch (event) {
                    case ServiceEvent.DefinitionRevised e -> e.definition().ports().size();
                    case ServiceEvent.InstanceStarted e -> e.instance().ports().size();
                    case ServiceEvent.InstanceChanged e -> e.instance().ports().size();
                    case ServiceEvent.InstanceEnded _,
                            ServiceEvent.MesosSupplementRecorded _,
                            ServiceEvent.ServiceRemoved _ ->
                            0;
                };
        return 1 + ports / PORTS_PER_WEIGHT;
    }
}
