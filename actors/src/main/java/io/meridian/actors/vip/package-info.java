/** {@link io.meridian.actors.vip.VipPoolEntity}: the entity that gives addresses to VIP names. */
package io.meridian.actors.vip;
