/** Admin HTTP: health, metrics and a read-only API for operators and tests. */
package io.meridian.controlplane.admin;
