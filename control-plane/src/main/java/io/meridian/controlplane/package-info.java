/**
 * The program: main, roles and wiring, admin HTTP, command line. Contains no rules about services,
 * names or addresses.
 */
package io.meridian.controlplane;
