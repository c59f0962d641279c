package io.meridian.domain.lb;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports that HAProxy checks when the label {@code BACKEND_HEALTHCHECK_PORT_INDEX} names a sibling:
 * another port of the same app, counted in the order of ports.
 */
public final class CheckPorts {
    private CheckPorts() {}

    /**
     * @param ports ports of the route's servers, in their order
     * @param siblings the same of each route of the app that has servers, in the order of service
     *     ports, the route itself included
     * @param index position among the siblings, negative from the end; null or beyond their number
     *     = the own ports
     * @throws RefusedException if the position is just behind the last sibling, before the first,
     *     or if the sibling has fewer servers
     */
    public static List<Integer> of(
            List<Integer> ports, List<List<Integer>> siblings, @Nullable BigInteger index)
            throws RefusedException {
        if (index == null || index.compareTo(BigInteger.valueOf(siblings.size())) > 0) {
            return ports;
        }
        BigInteger position =
                index.signum() < 0 ? index.add(BigInteger.valueOf(siblings.size())) : index;
        if (position.signum() < 0 || position.equals(BigInteger.valueOf(siblings.size()))) {
            throw new RefusedException(
                    "BACKEND_HEALTHCHECK_PORT_INDEX="
                            + index
                            + " names none of the app's "
                            + siblings.size()
                            + " ports");
        }
        List<Integer> sibling = siblings.get(position.intValueExact());
        if (sibling.size() < ports.size()) {
            throw new RefusedException(
                    "BACKEND_HEALTHCHECK_PORT_INDEX="
                            + index
                            + " names a port with "
                            + sibling.size()
                            + " servers for "
                            + ports.size());
        }
        return new ArrayList<>(sibling.subList(0, ports.size()));
    }
}
