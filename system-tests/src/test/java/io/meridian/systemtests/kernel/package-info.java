/**
 * The whole program inside a kernel that has IPVS: a recorded Marathon at one end, {@code dig},
 * {@code ipvsadm} and {@code curl} at the other. {@link
 * io.meridian.systemtests.kernel.WholeProgramOnIpvsTest} boots the kernel, the {@code ...Guest}
 * class runs in it.
 */
package io.meridian.systemtests.kernel;
