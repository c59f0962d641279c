/** The Mesos cluster's own facts as an entity. */
package io.meridian.actors.mesos;
