/** {@link io.meridian.actors.mesos.MesosClusterEntity}: the entity of the Mesos cluster itself. */
package io.meridian.actors.mesos;
