/** Takes the place of one class of akka-remote. See docs/adr/0027. */
package akka.remote.artery.tcp;
