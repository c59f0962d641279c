/** Replaces the class TcpFraming of akka-remote. See docs/adr/0028. */
package akka.remote.artery.tcp;
