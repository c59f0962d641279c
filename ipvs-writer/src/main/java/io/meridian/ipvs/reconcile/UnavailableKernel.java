package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.Endpoint;
import io.meridian.ipvs.Observation;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.Statistics;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Takes the place of a kernel that cannot be programmed. */
record UnavailableKernel(String reason) implements Kernel {
    @Override
    public Availability availability() {
        return new Availability.Unavailable(reason);
    }

    @Override
    public Observation observe() throws IOException {
        throw new IOException(reason);
    }

    @Override
    public Statistics count(Set<Endpoint> virtualServers) throws IOException {
        throw new IOException(reason);
    }

    @Override
    public List<Outcome> execute(List<Operation> operations) throws IOException {
        throw new IOException(reason);
    }

    @Override
    public void close() {}
}
