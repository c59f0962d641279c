/** DNS naming rules, and rows and images of the zone table. Pure: no clock, no sockets. */
package io.meridian.domain.zone;
