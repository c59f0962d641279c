/** What each command of the command line does. */
package io.meridian.controlplane.cli;
