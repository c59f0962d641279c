/** Programs that the scripts in {@code bench} start. */
package io.meridian.bench;
