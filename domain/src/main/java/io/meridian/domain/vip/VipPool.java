package io.meridian.domain.vip;

import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.PersistentHashMap;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The addresses of named VIPs, for the whole cluster: one IPv4 and one IPv6 address each, until an
 * operator releases an unused name.
 *
 * <p>The first candidate is DC/OS's (specs: dcos-net 2.3), so a migrating cluster keeps its
 * addresses. If the candidate is taken, the name gets the next free address; after the range's last
 * comes its first. Only then the order of arrival matters. Addresses stay valid when the ranges
 * change.
 *
 * @param range4 source of IPv4 addresses
 * @param range6 source of IPv6 addresses
 * @param given4 name to IPv4 address
 * @param given6 name to IPv6 address
 * @param taken address to the name that has it; empty name for the address of an IP VIP
 */
public record VipPool(
        AddressRange range4,
        AddressRange range6,
        PersistentHashMap<String, IpAddress> given4,
        PersistentHashMap<String, IpAddress> given6,
        PersistentHashMap<IpAddress, String> taken) {
    public VipPool {
        if (!range4.first().isIpv4() || !range6.first().isIpv6()) {
            throw new IllegalArgumentException(
                    "not an IPv4 and an IPv6 range: " + range4 + ", " + range6);
        }
    }

    /**
     * The result of a request.
     *
     * @param events one event with all new reservations, or none
     * @param refusals reservations that the pool cannot make
     */
    public record Decision(List<VipPoolEvent> events, List<Refusal> refusals) {
        public Decision {
            events = List.copyOf(events);
            refusals = List.copyOf(refusals);
        }
    }

    /** A reservation that the pool cannot make. */
    public sealed interface Refusal {
        /** The name, or the address of an IP VIP, that the reservation is for. */
        String subject();

        /** The reason in one sentence, for the operator. */
        String sentence();

        /** A range has no free address for a name. */
        record Exhausted(String name, AddressRange range) implements Refusal {
            @Override
            public String subject() {
                return name;
            }

            @Override
            public String sentence() {
                return "VIP " + name + " gets no address: all of " + range + " are taken";
            }
        }

        /** An IP VIP uses the address of a named VIP; the name keeps the address. */
        record Taken(IpAddress address, String name) implements Refusal {
            @Override
            public String subject() {
                return address.toString();
            }

            @Override
            public String sentence() {
                return "IP VIP "
                        + address
                        + " is the address of VIP "
                        + name
                        + " already; choose one outside our range";
            }
        }
    }

    public static VipPool empty(AddressRange range4, AddressRange range6) {
        return new VipPool(
                range4,
                range6,
                PersistentHashMap.empty(),
                PersistentHashMap.empty(),
                PersistentHashMap.empty());
    }

    /**
     * Gives every name without addresses one of each family. A repeated request gives no event.
     *
     * @param names of named VIPs, as in {@link VipKey#name()}
     * @param literalsInUse addresses of IP VIPs; those outside the ranges have no effect
     */
    public Decision decide(Collection<String> names, Collection<IpAddress> literalsInUse) {
        List<VipPoolEvent.Allocation> allocations = new ArrayList<>();
        SortedSet<IpAddress> literals = new TreeSet<>();
        List<Refusal> refusals = new ArrayList<>();
        Draft draft = new Draft(this);
        for (IpAddress literal : new TreeSet<>(literalsInUse)) {
            Optional<String> holder = draft.taken.get(literal);
            if (holder.isPresent() && !holder.get().isEmpty()) {
                refusals.add(new Refusal.Taken(literal, holder.get()));
            } else if (holder.isEmpty() && (range4.contains(literal) || range6.contains(literal))) {
                draft.reserve(literal);
                literals.add(literal);
            }
        }
        for (String name : new TreeSet<>(names)) {
            SortedSet<IpAddress> addresses = new TreeSet<>();
            for (AddressRange range : List.of(range4, range6)) {
                if (draft.given(range.first()).get(name).isEmpty()) {
                    draft.firstFree(name, range)
                            .ifPresentOrElse(
                                    addresses::add,
                                    () -> refusals.add(new Refusal.Exhausted(name, range)));
                }
            }
            if (!addresses.isEmpty()) {
                draft.allocate(name, addresses);
                allocations.add(new VipPoolEvent.Allocation(name, addresses));
            }
        }
        return new Decision(
                allocations.isEmpty() && literals.isEmpty()
                        ? List.of()
                        : List.of(new VipPoolEvent.Reserved(allocations, literals)),
                refusals);
    }

    /**
     * Takes back the addresses of names.
     *
     * @return one event; none if no name has an address
     */
    public List<VipPoolEvent> release(Collection<String> names) {
        SortedSet<String> known = new TreeSet<>(names);
        known.removeIf(name -> addresses(name).isEmpty());
        return known.isEmpty() ? List.of() : List.of(new VipPoolEvent.Released(known));
    }

    /** An event that makes this pool of an empty one with the same ranges. */
    public VipPoolEvent.Reserved snapshot() {
        List<VipPoolEvent.Allocation> all = new ArrayList<>();
        allocated().forEach((name, given) -> all.add(new VipPoolEvent.Allocation(name, given)));
        return new VipPoolEvent.Reserved(all, literals());
    }

    /** The pool after an event; applying an event twice has no further effect. */
    public VipPool apply(VipPoolEvent event) {
        Draft draft = new Draft(this);
        switch (event) {
            case VipPoolEvent.Reserved(
                            List<VipPoolEvent.Allocation> allocations,
                            SortedSet<IpAddress> literals) -> {
                allocations.forEach(one -> draft.allocate(one.name(), one.addresses()));
                literals.forEach(draft::reserve);
            }
            case VipPoolEvent.Released(SortedSet<String> names) ->
                    names.forEach(name -> draft.release(name, addresses(name)));
        }
        return new VipPool(
                range4, range6, draft.given4.done(), draft.given6.done(), draft.taken.done());
    }

    /** The addresses of a name, at most one of each family. */
    public SortedSet<IpAddress> addresses(String name) {
        SortedSet<IpAddress> addresses = new TreeSet<>();
        given4.get(name).ifPresent(addresses::add);
        given6.get(name).ifPresent(addresses::add);
        return addresses;
    }

    /** Every name that has an address, with its addresses. */
    public SortedMap<String, SortedSet<IpAddress>> allocated() {
        SortedMap<String, SortedSet<IpAddress>> all = new TreeMap<>();
        given4.forEach((name, _) -> all.put(name, addresses(name)));
        given6.forEach((name, _) -> all.put(name, addresses(name)));
        return all;
    }

    /** Addresses reserved because they are in use as IP VIPs. */
    public SortedSet<IpAddress> literals() {
        SortedSet<IpAddress> all = new TreeSet<>();
        taken.forEach(
                (address, name) -> {
                    if (name.isEmpty()) {
                        all.add(address);
                    }
                });
        return all;
    }

    /** Offset of DC/OS's candidate. DC/OS never hashes to the last address of a range. */
    private static BigInteger firstOffset(String name, AddressRange range) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        BigInteger hash =
                range.first().isIpv4() ? BigInteger.valueOf(Lookup2.hash(bytes)) : sha1(bytes);
        return hash.mod(range.span().max(BigInteger.ONE));
    }

    private static BigInteger sha1(byte[] bytes) {
        try {
            return new BigInteger(1, MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-1", e);
        }
    }

    /**
     * A mutable pool for the names of one request, of which later ones see the addresses of earlier
     * ones.
     */
    private static final class Draft {
        private final PersistentHashMap.Editor<String, IpAddress> given4;
        private final PersistentHashMap.Editor<String, IpAddress> given6;
        private final PersistentHashMap.Editor<IpAddress, String> taken;

        Draft(VipPool pool) {
            given4 = pool.given4.edit();
            given6 = pool.given6.edit();
            taken = pool.taken.edit();
        }

        void allocate(String name, Collection<IpAddress> addresses) {
            for (IpAddress address : addresses) {
                given(address).put(name, address);
                taken.put(address, name);
            }
        }

        void release(String name, Collection<IpAddress> addresses) {
            for (IpAddress address : addresses) {
                given(address).remove(name);
                taken.remove(address);
            }
        }

        void reserve(IpAddress literal) {
            taken.put(literal, "");
        }

        PersistentHashMap.Editor<String, IpAddress> given(IpAddress ofFamily) {
            return ofFamily.isIpv4() ? given4 : given6;
        }

        /**
         * Finds the first free address. Among one candidate more than the number of taken
         * addresses, one is free.
         */
        Optional<IpAddress> firstFree(String name, AddressRange range) {
            BigInteger size = range.span().add(BigInteger.ONE);
            BigInteger offset = firstOffset(name, range);
            int tries = size.min(BigInteger.valueOf(taken.size() + 1L)).intValue();
            for (int i = 0; i < tries; i++) {
                IpAddress candidate = range.at(offset);
                if (taken.get(candidate).isEmpty()) {
                    return Optional.of(candidate);
                }
                offset = offset.add(BigInteger.ONE).mod(size);
            }
            return Optional.empty();
        }
    }
}
