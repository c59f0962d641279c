/** The entity that gives VIP names their addresses. */
package io.meridian.actors.vip;
