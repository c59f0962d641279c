package io.meridian.domain.zone;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.table.Owner;
import io.meridian.domain.vip.VipRules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The rules that make an instance's rows: the records of all zones, here, and its backends.
 *
 * @param mesosDns rules of the Mesos domain
 * @param dcosNames whether {@link DcosZone} has names of tasks
 * @param taskText whether a task's own name in the Mesos domain has a TXT record with the task's id
 * @param reverse whether addresses of tasks and agents have PTR records, see {@link ReverseZones}
 * @param healthGated origins of zones in which an instance has records only while it is healthy
 * @param vips rules of the VIP table
 */
public record NamingRules(
        MesosDnsRules mesosDns,
        boolean dcosNames,
        boolean taskText,
        boolean reverse,
        SortedSet<String> healthGated,
        VipRules vips) {
    /**
     * Version of the rules. Every change of the rules that changes the rows of an instance raises
     * it, and then a start rebuilds the rows in the database.
     */
    static final int VERSION = 2;

    public NamingRules {
        healthGated = Collections.unmodifiableSortedSet(new TreeSet<>(healthGated));
    }

    /** Rules that allow IP VIPs at every unicast address. */
    public NamingRules(
            MesosDnsRules mesosDns,
            boolean dcosNames,
            boolean taskText,
            boolean reverse,
            SortedSet<String> healthGated) {
        this(mesosDns, dcosNames, taskText, reverse, healthGated, VipRules.ANY_LITERAL);
    }

    /** A copy with other rules of the VIP table. */
    public NamingRules with(VipRules rules) {
        return new NamingRules(mesosDns, dcosNames, taskText, reverse, healthGated, rules);
    }

    /** All names of Mesos-DNS and dcos-net with their defaults, and Meridian's own. */
    public static NamingRules of(String mesosDomain) {
        return new NamingRules(MesosDnsRules.of(mesosDomain), true, true, true, new TreeSet<>());
    }

    /**
     * A text that differs if rules or settings differ; readable, so that operators can compare it.
     */
    public String fingerprint() {
        return "names %d, %s".formatted(VERSION, this);
    }

    /** The rules for records of the Mesos cluster itself. */
    public ClusterRules cluster() {
        return new ClusterRules(mesosDns, dcosNames);
    }

    /**
     * The records of one instance; none unless it runs and its agent is reachable. Health counts
     * only in zones of {@code healthGated}.
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
        return ZoneRow.distinct(rows.toArray(ZoneRow[]::new)); // rules may yield the same record
    }
}
