/** Admin HTTP: health, metrics, the API that operators and tests read. Shows; changes nothing. */
package io.meridian.controlplane.admin;
