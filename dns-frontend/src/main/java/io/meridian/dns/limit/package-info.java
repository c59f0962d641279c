/** Rate limits of answers over UDP, per client network (ADR 0014). */
@NullMarked
package io.meridian.dns.limit;

import org.jspecify.annotations.NullMarked;
