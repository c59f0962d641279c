/**
 * A real Linux kernel with IPVS that runs as a process (user-mode Linux), for tests. Published as
 * test-jar: {@link io.meridian.ipvs.uml.UmlKernel} boots any script.
 */
package io.meridian.ipvs.uml;
