package io.meridian.domain.zone;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.table.Owner;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which records, of which zones, one instance gives.
 *
 * @param mesosDns the Mesos domain's
 * @param dcosNames whether {@link DcosZone} has names of tasks
 * @param taskText whether a task's own name in the Mesos domain has its id as TXT
 * @param reverse whether addresses of tasks and agents have names, see {@link ReverseZones}
 * @param healthGated origins of zones in which an instance has records only while it takes traffic
 */
public record NamingRules(
        MesosDnsRules mesosDns,
        boolean dcosNames,
        boolean taskText,
        boolean reverse,
        SortedSet<String> healthGated) {
    /**
     * Raised with every change of a rule here or in what this calls that makes other rows of the
     * same instance: rows in the database are then made anew.
     */
    static final int VERSION = 2;

    public NamingRules {
        healthGated = Collections.unmodifiableSortedSet(new TreeSet<>(healthGated));
    }

    /** All that the peers have, by their own defaults, and what neither has. */
    public static NamingRules of(String mesosDomain) {
        return new NamingRules(MesosDnsRules.of(mesosDomain), true, true, true, new TreeSet<>());
    }

    /** Text that is another if the rules or their settings are; for a person to compare, too. */
    public String fingerprint() {
        return "names %d, %s".formatted(VERSION, this);
    }

    /** The records of what is the Mesos cluster's own. */
    public ClusterRules cluster() {
        return new ClusterRules(mesosDns, dcosNames);
    }

    /**
     * The records of one instance: none unless it runs and its agent is in contact. Health matters
     * only where a zone is gated by it.
     *
     * @return sorted, without duplicates
     */
    public List<ZoneRow> rows(ServiceId service, Instance instance) {
        if (instance.phase() != TaskPhase.RUNNING || instance.unreachable()) {
            return List.of();
        }
        String owner = Owner.of(service, instance.task());
        List<ZoneRow> rows = new ArrayList<>();
        Optional<String> ownHost = mesosDns.add(owner, service, instance, rows);
        if (dcosNames) {
            DcosZone.add(owner, service, instance, rows);
        }
        if (taskText) {
            TaskText.add(owner, mesosDns, ownHost, instance, rows);
        }
        if (reverse) {
            ReverseZones.add(owner, mesosDns.domain(), ownHost, instance, rows);
        }
        if (!instance.takesTraffic()) {
            rows.removeIf(row -> healthGated.contains(row.zone()));
        }
        return ZoneRow.distinct(rows.toArray(ZoneRow[]::new)); // several rules may give the same
    }
}
