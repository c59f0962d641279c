/** The commands of the command line. */
package io.meridian.controlplane.cli;
