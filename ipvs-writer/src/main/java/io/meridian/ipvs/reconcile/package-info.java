/**
 * Makes this host's kernel match the VIP image: the port to the kernel, the loop, and the actor
 * that runs it.
 */
package io.meridian.ipvs.reconcile;
