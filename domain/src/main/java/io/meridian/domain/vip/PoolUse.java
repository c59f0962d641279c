package io.meridian.domain.vip;

import io.meridian.domain.net.AddressRange;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How many addresses of a VIP range are left, according to the VIP table.
 *
 * @param free addresses that neither a named VIP nor an IP VIP has
 */
public record PoolUse(AddressRange range, BigInteger free) {
    public static PoolUse of(AddressRange range, VipImage image) {
        BigInteger size = range.span().add(BigInteger.ONE);
        return new PoolUse(range, size.subtract(BigInteger.valueOf(image.takenIn(range))));
    }

    /**
     * The families in which a named VIP has no address because its range is full.
     *
     * @return one sentence each, for the operator
     */
    public static List<String> refusals(String name, List<PoolUse> ranges, VipImage image) {
        List<String> all = new ArrayList<>();
        for (PoolUse use : ranges) {
            use.refusal(name, image).ifPresent(all::add);
        }
        return all;
    }

    private Optional<String> refusal(String name, VipImage image) {
        boolean ipv4 = range.first().isIpv4();
        boolean given =
                image.addresses(name).stream().anyMatch(address -> address.isIpv4() == ipv4);
        return given || free.signum() > 0
                ? Optional.empty()
                : Optional.of(
                        "VIP %s has no %s address, because all of %s are taken; release unused names by meridian vips release, or enlarge %s"
                                .formatted(
                                        name,
                                        ipv4 ? "IPv4" : "IPv6",
                                        range,
                                        ipv4 ? "vip.range" : "vip.range6"));
    }
}
