/** Time that decisions may wait by. */
package io.meridian.domain.time;
