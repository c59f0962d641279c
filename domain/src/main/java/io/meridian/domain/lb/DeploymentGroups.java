package io.meridian.domain.lb;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Blue/green pairs: apps with the label {@code HAPROXY_DEPLOYMENT_GROUP} become one app, and the
 * old side drains as the new one becomes alive (spec of Marathon-LB, 1.20).
 */
public final class DeploymentGroups {
    private static final String GROUP = "HAPROXY_DEPLOYMENT_GROUP";
    private static final String STARTED_AT = "HAPROXY_DEPLOYMENT_STARTED_AT";
    private static final String TARGET = "HAPROXY_DEPLOYMENT_TARGET_INSTANCES";
    private static final String NEW_INSTANCES = "HAPROXY_DEPLOYMENT_NEW_INSTANCES";

    private DeploymentGroups() {}

    /**
     * Apps without a group in their order, then the groups in the order of first appearance. An app
     * that cannot be merged is left out; the other side keeps its servers.
     *
     * @param problems gets one problem for each app that is left out
     */
    public static List<LbApp> merge(List<LbApp> apps, List<Problem> problems) {
        List<LbApp> single = new ArrayList<>();
        Map<String, LbApp> groups = new LinkedHashMap<>();
        for (LbApp app : apps) {
            String group = app.labels().get(GROUP);
            if (group == null) {
                single.add(app);
                continue;
            }
            try {
                String id = id(group);
                LbApp named = app.withId(id);
                startedAt(named);
                LbApp first = groups.get(id);
                groups.put(id, first == null ? named : pair(first, named));
            } catch (RefusedException e) {
                problems.add(Problem.ofApp(app.id(), String.valueOf(e.getMessage())));
            }
        }
        single.addAll(groups.values());
        return single;
    }

    private static String id(String group) throws RefusedException {
        if (group.isEmpty()) {
            throw new RefusedException(GROUP + " is empty");
        }
        return group.startsWith("/") ? group : "/" + group;
    }

    /**
     * @param met the app that was met first, or its merger
     * @param last the app that was met now
     */
    private static LbApp pair(LbApp met, LbApp last) throws RefusedException {
        boolean lastIsNewer = startedAt(last).isAfter(startedAt(met));
        LbApp newer = lastIsNewer ? last : met;
        LbApp older = lastIsNewer ? met : last;
        int target = 1;
        if (newer.labels().containsKey(NEW_INSTANCES)) {
            if (scaledAt(older).isAfter(scaledAt(newer))) {
                LbApp swap = newer;
                newer = older;
                older = swap;
            }
            target = target(newer);
        }
        return merged(older, newer, alive(newer, last), target);
    }

    private static int alive(LbApp newer, LbApp last) {
        return last.healthChecks().isEmpty()
                ? newer.instances()
                : (int) newer.tasks().stream().filter(LbTask::anyAlive).count();
    }

    private static LbApp merged(LbApp older, LbApp newer, int alive, int target) {
        long drainable = Math.max(0, (long) alive + older.instances() - target);
        Set<String> draining = new HashSet<>();
        older.tasks().stream()
                .map(LbTask::id)
                .sorted(Text.BY_CODE_POINT)
                .limit(Math.max(0, Math.min(alive, drainable)))
                .forEach(draining::add);
        List<LbTask> tasks = new ArrayList<>();
        older.tasks().stream()
                .sorted(Comparator.comparing(LbTask::id, Text.BY_CODE_POINT))
                .map(task -> draining.contains(task.id()) ? task.drained() : task)
                .forEach(tasks::add);
        tasks.addAll(newer.tasks());
        return older.withTasks(tasks);
    }

    private static Instant startedAt(LbApp app) throws RefusedException {
        String text = app.labels().get(STARTED_AT);
        return text == null ? Instant.MIN : StartTime.of(STARTED_AT, text);
    }

    private static Instant scaledAt(LbApp app) throws RefusedException {
        @Nullable String text = app.lastScalingAt();
        if (text == null) {
            throw new RefusedException(
                    NEW_INSTANCES + " is set, and versionInfo.lastScalingAt is missing");
        }
        return StartTime.of("versionInfo.lastScalingAt", text);
    }

    private static int target(LbApp newer) throws RefusedException {
        String text = newer.labels().get(TARGET);
        if (text == null) {
            throw new RefusedException(NEW_INSTANCES + " is set, and " + TARGET + " is missing");
        }
        BigInteger target = LabelValues.integer(TARGET, text);
        return target.min(BigInteger.valueOf(Integer.MAX_VALUE))
                .max(BigInteger.valueOf(Integer.MIN_VALUE))
                .intValue();
    }
}
