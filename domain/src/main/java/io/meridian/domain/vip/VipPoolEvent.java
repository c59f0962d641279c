package io.meridian.domain.vip;

import io.meridian.domain.net.IpAddress;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** A fact about the pool of VIP addresses, as journalled. */
public sealed interface VipPoolEvent {
    /** Entity type in the journal; part of every persistence id, never changed. */
    String ENTITY_TYPE = "vip-pool";

    /**
     * The pool has given addresses to names and withheld addresses from them. One request is one
     * such event, however many names it has.
     *
     * @param allocations new addresses of named VIPs, one entry a name
     * @param literals addresses of our ranges that IP VIPs use, so that no name gets them
     */
    record Reserved(List<Allocation> allocations, SortedSet<IpAddress> literals)
            implements VipPoolEvent {
        public Reserved {
            allocations = List.copyOf(allocations);
            literals = Collections.unmodifiableSortedSet(new TreeSet<>(literals));
        }
    }

    /**
     * The pool has taken back the addresses of names that no service has requested for a long time,
     * on an operator's command.
     */
    record Released(SortedSet<String> names) implements VipPoolEvent {
        public Released {
            names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
        }
    }

    /**
     * Addresses that a named VIP has from here on, until an operator releases the name.
     *
     * @param name as in {@link VipKey#name()}
     * @param addresses one or two, at most one of each family
     */
    record Allocation(String name, SortedSet<IpAddress> addresses) {
        public Allocation {
            addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
        }
    }
}
