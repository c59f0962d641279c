package io.meridian.ipvs.reconcile;

class DryRunKernelTest extends KernelContract {
    @Override
    Kernel fresh() {
        return new DryRunKernel();
    }
}
