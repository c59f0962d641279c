package io.meridian.controlplane.admin;

import io.meridian.domain.service.BoundPort;
import io.meridian.domain.service.Instance;
import io.meridian.domain.vip.PoolUse;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRules;
import io.meridian.projections.ServiceQueries;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** The reasons why parts of a service are not published, one sentence each. */
final class ServiceRefusals {
    private final VipRules rules;
    private final VipImage vips;
    private final SortedMap<VipKey, String> refused;
    private final List<PoolUse> pool;

    ServiceRefusals(VipRules rules, VipImage vips, Reachability reachability) {
        this.rules = rules;
        this.vips = vips;
        this.refused = vips.refused(reachability);
        this.pool =
                rules.literals().ranges().stream().map(range -> PoolUse.of(range, vips)).toList();
    }

    /** In the order: definition, VIP labels, addresses of VIPs; without duplicates. */
    List<String> of(ServiceQueries.Service service) {
        Set<String> all = new LinkedHashSet<>();
        SortedSet<VipKey> keys = new TreeSet<>();
        service.definition()
                .ifPresent(
                        definition -> {
                            all.addAll(definition.refusals());
                            all.addAll(rules.refusals(service.id(), definition));
                            keys.addAll(rules.keys(service.id(), definition));
                        });
        for (Instance instance : service.instances()) {
            all.addAll(rules.withoutBackend(service.id(), instance));
            if (instance.mesosOnly().isPresent()) {
                all.addAll(rules.refusals(service.id(), instance));
                List<BoundPort> ports = instance.ports();
                keys.addAll(rules.keys(service.id(), ports));
            }
        }
        for (VipKey key : keys) {
            if (refused.containsKey(key)) {
                all.add(refused.get(key));
            } else if (key.literal().isEmpty()) {
                all.addAll(PoolUse.refusals(key.name(), pool, vips));
            }
        }
        return new ArrayList<>(all);
    }
}
