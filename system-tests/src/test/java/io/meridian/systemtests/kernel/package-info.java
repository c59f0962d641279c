/**
 * Tests of the whole program inside a kernel with IPVS: it follows a recorded Marathon, and {@code
 * dig}, {@code ipvsadm} and {@code curl} check the result. {@link
 * io.meridian.systemtests.kernel.WholeProgramOnIpvsTest} boots the kernel, the {@code ...Guest}
 * class runs in it.
 */
package io.meridian.systemtests.kernel;
