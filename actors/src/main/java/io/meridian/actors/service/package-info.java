/** {@link io.meridian.actors.service.ServiceEntity}: the sharded entity of one service. */
package io.meridian.actors.service;
