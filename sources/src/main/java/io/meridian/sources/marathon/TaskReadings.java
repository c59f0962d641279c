package io.meridian.sources.marathon;

import io.meridian.domain.service.Observation;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskSighting;
import io.meridian.sources.json.Json;
import io.meridian.sources.json.RefusedId;
import io.meridian.sources.json.UnreadableJson;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/** Collects the tasks of one app or pod. An entry that cannot be read costs itself only. */
final class TaskReadings {
    /** Sentences to keep; a count stands for the others. */
    private static final int MOST_FAULTS = 5;

    private final List<TaskSighting> tasks = new ArrayList<>();
    private final SortedSet<TaskId> unread = new TreeSet<>();
    private final List<String> faults = new ArrayList<>();
    private boolean nameless;
    private int moreFaults;

    /**
     * Reads an entry.
     *
     * @param id field with the task's id
     */
    void add(Json id, Function<TaskId, TaskSighting> read) {
        TaskId task;
        try {
            task = new TaskId(id.id());
        } catch (RefusedId e) {
            fault(e, "this task is left out");
            return;
        } catch (UnreadableJson e) {
            addNameless(e);
            return;
        }
        try {
            tasks.add(read.apply(task));
        } catch (UnreadableJson e) {
            unread.add(task);
            fault(e, "task " + task + " is kept as it was");
        }
    }

    /** Notes an entry or a list with tasks whose ids are not known. */
    void addNameless(UnreadableJson why) {
        nameless = true;
        fault(why, "no task of this service counts as ended because a listing lacks it");
    }

    private void fault(UnreadableJson why, String consequence) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(why.path() + ": " + why.why() + "; " + consequence);
        } else {
            moreFaults++;
        }
    }

    /** The tasks that could be read. */
    List<TaskSighting> tasks() {
        return tasks;
    }

    Observation.Gaps gaps() {
        return new Observation.Gaps(unread, nameless);
    }

    /** A sentence for each entry that could not be read, the first few. */
    List<String> faults() {
        List<String> all = new ArrayList<>(faults);
        if (moreFaults > 0) {
            all.add("and " + moreFaults + " more tasks that cannot be read");
        }
        return all;
    }
}
