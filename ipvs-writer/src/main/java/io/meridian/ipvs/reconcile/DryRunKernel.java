package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.Endpoint;
import io.meridian.ipvs.KernelModel;
import io.meridian.ipvs.Observation;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.Statistics;
import io.meridian.netlink.Refusal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Set;

/** Keeps the table in memory and logs operations; does not touch the real kernel. */
final class DryRunKernel implements Kernel {
    private static final Logger LOG = LoggerFactory.getLogger(DryRunKernel.class);

    /**
     * Maximum lines per batch at level INFO: a cluster's first image may have tens of thousands of
     * operations.
     */
    private static final int LINES = 50;

    private final KernelModel model = new KernelModel();

    @Override
    public Availability availability() {
        return Availability.READY;
    }

    @Override
    public Observation observe() {
        return new Observation(model.state(), model.statistics());
    }

    @Override
    public Statistics count(Set<Endpoint> virtualServers) {
        return model.statistics();
    }

    @Override
    public List<Outcome> execute(List<Operation> operations) {
        operations.stream()
                .limit(LINES)
                .forEach(operation -> LOG.info("dry run: would {}", operation));
        if (operations.size() > LINES) {
            LOG.info("dry run: and {} more operations", operations.size() - LINES);
        }
        return operations.stream().map(this::apply).toList();
    }

    private Outcome apply(Operation operation) {
        return model.apply(operation)
                .<Outcome>map(errno -> new Outcome.Refused(operation, Refusal.of(errno)))
                .orElseGet(() -> new Outcome.Done(operation));
    }

    @Override
    public void close() {}
}
