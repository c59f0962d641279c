package io.meridian.domain.lb;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Last health of the most recently used tasks. Marathon loses its results when its leader changes;
 * a task that was alive before stays admitted meanwhile. Not thread-safe.
 */
public final class HealthMemory {
    private final Map<String, Boolean> alive;

    /**
     * @param capacity number of tasks remembered, at least 1; the least recently used one is
     *     forgotten first
     */
    public HealthMemory(int capacity) {
        alive =
                new LinkedHashMap<>(16, 0.75f, true) {
                    private static final long serialVersionUID = 1;

                    @Override
                    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                        return size() > capacity;
                    }
                };
    }

    /** Reports whether the task was alive when last heard of; false if it is unknown. */
    public boolean wasAlive(String taskId) {
        return Boolean.TRUE.equals(alive.get(taskId));
    }

    /** Remembers the task's health. */
    public void remember(String taskId, boolean isAlive) {
        alive.put(taskId, isAlive);
    }
}
