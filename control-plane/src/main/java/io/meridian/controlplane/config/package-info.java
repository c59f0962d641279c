/** The configuration from defaults, a file and {@code -D}, read once into records. */
package io.meridian.controlplane.config;
