package io.meridian.domain.service;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Instances whose only source is Mesos. */
final class MesosInstances {
    private MesosInstances() {}

    /** The instance that the first observation of a running task creates. */
    static Instance start(MesosTask seen) {
        MesosFacts facts = MesosFacts.of(seen, true);
        return new Instance(
                seen.id(),
                seen.id().toString(),
                Instant.EPOCH,
                seen.agent(),
                seen.addresses(),
                seen.mode(),
                seen.containerizer(),
                MesosPorts.of(facts, seen.mode()).ports(),
                seen.phase(),
                seen.unreachable(),
                seen.healthChecked(),
                seen.health(),
                Optional.of(facts));
    }

    /**
     * The instance after a further observation.
     *
     * @param current if false, the instance takes only the phase: other parts of the observation
     *     may be outdated
     */
    static Instance merge(Instance known, MesosTask seen, boolean current) {
        TaskPhase phase = seen.phase().compareTo(known.phase()) > 0 ? seen.phase() : known.phase();
        if (!current) {
            return known.withPhase(phase);
        }
        MesosFacts newer = MesosFacts.of(seen, true);
        MesosFacts facts =
                known.mesos().map(before -> before.merge(newer, seen.isAddressed())).orElse(newer);
        List<BoundPort> ports = MesosPorts.of(facts, seen.mode()).ports();
        return new Instance(
                known.task(),
                known.instance(),
                known.version(),
                known.agent().merge(seen.agent()),
                seen.isAddressed() ? seen.addresses() : known.addresses(),
                seen.mode(),
                seen.containerizer(),
                ports,
                phase,
                seen.unreachable(),
                seen.healthChecked(),
                seen.health() == Health.UNKNOWN ? known.health() : seen.health(),
                Optional.of(facts));
    }
}
