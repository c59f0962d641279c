/**
 * Virtual addresses: which names exist, which address each has, and which backends stand behind it.
 */
package io.meridian.domain.vip;
