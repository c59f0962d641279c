/**
 * The program: main, roles and wiring, admin HTTP, command line. No rule about services, names or
 * addresses in here.
 */
package io.meridian.controlplane;
