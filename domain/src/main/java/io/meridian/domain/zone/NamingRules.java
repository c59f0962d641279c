package io.meridian.domain.zone;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Labels;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.table.Owner;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * Which records of the Mesos domain one instance gives (specs: mesos-dns 1.4 to 1.6). Marathon sets
 * a discovery name on every task, so these are Mesos-DNS's rules for tasks that have one.
 *
 * @param domain zone, such as {@code mesos}; lower case, without trailing dot
 * @param ipSources in order: the first that has an address supplies all addresses of the task
 */
public record NamingRules(String domain, List<IpSource> ipSources) {
    public NamingRules {
        if (!Labels.isName(domain)) {
            throw new IllegalArgumentException(
                    "\"" + domain + "\" is not a lower-case domain without trailing dot");
        }
        if (ipSources.isEmpty()) {
            throw new IllegalArgumentException("at least one source of addresses is needed");
        }
        ipSources = List.copyOf(ipSources);
    }

    /**
     * The records of one instance: none unless it runs and its agent is in contact. Health does not
     * matter.
     *
     * <p>A name that DNS can't hold is left out; labels of the task's own name and of SRV names are
     * shortened to fit instead. A port that has neither host nor container port has no record,
     * though Mesos-DNS publishes port 0: nobody can connect to it. A name whose addresses are not
     * known is left out, the SRV records that point to it are not.
     *
     * @return sorted, without duplicates
     */
    public List<ZoneRow> rows(ServiceId service, Instance instance) {
        String framework = Labels.mesosFragment(service.framework());
        if (instance.phase() != TaskPhase.RUNNING
                || instance.unreachable()
                || framework.isEmpty()) {
            return List.of();
        }
        TreeSet<ZoneRow> rows = new TreeSet<>();
        String owner = Owner.of(service, instance.task());
        String discoveryName = discoveryName(service);
        for (String name :
                List.of(discoveryName.toLowerCase(Locale.ROOT), Labels.mesosLabel(discoveryName))) {
            if (Labels.isName(name)) {
                new InstanceRecords(
                                domain, framework, name, owner, instance, addresses(instance), rows)
                        .add();
            }
        }
        return List.copyOf(rows);
    }

    /**
     * The name Marathon gives a task's DiscoveryInfo: the id's segments in reverse, {@code
     * web.shop} for {@code /shop/web}; for other frameworks the path is that name already.
     */
    public static String discoveryName(ServiceId service) {
        return service.path().startsWith("/")
                ? String.join(".", List.of(service.path().substring(1).split("/")).reversed())
                : service.path();
    }

    private List<IpAddress> addresses(Instance instance) {
        return ipSources.stream()
                .map(
                        source ->
                                switch (source) {
                                    case NETINFO -> instance.addresses();
                                    case HOST -> instance.agent().addresses();
                                })
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }
}
