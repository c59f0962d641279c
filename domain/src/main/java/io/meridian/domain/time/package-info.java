/** Clock and backoff for decisions that wait. */
package io.meridian.domain.time;
