package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;

import java.io.IOException;
import java.util.List;

/** Stands where no kernel can be reached, with the reason. */
record UnavailableKernel(String reason) implements Kernel {
    @Override
    public Availability availability() {
        return new Availability.Unavailable(reason);
    }

    @Override
    public KernelState observe() throws IOException {
        throw new IOException(reason);
    }

    @Override
    public List<Outcome> execute(List<Operation> operations) throws IOException {
        throw new IOException(reason);
    }

    @Override
    public void close() {}
}
