package io.meridian.ipvs.reconcile;

class FakeKernelTest extends KernelContract {
    @Override
    Kernel fresh() {
        return new FakeKernel();
    }
}
