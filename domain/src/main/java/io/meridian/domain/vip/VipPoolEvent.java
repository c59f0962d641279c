package io.meridian.domain.vip;

import io.meridian.domain.net.IpAddress;

/** A fact about the pool of VIP addresses, as journalled. None is ever taken back. */
public sealed interface VipPoolEvent {
    /** Entity type in the journal; part of every persistence id, never changed. */
    String ENTITY_TYPE = "vip-pool";

    IpAddress address();

    /**
     * A named VIP has this address of its family, for ever.
     *
     * @param name as in {@link VipKey#name()}
     */
    record Allocated(String name, IpAddress address) implements VipPoolEvent {}

    /** Somebody uses this address of our range as an IP VIP: no name gets it. */
    record LiteralReserved(IpAddress address) implements VipPoolEvent {}
}
