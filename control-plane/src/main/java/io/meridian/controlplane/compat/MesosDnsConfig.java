package io.meridian.controlplane.compat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;

import io.meridian.controlplane.json.JsonDocument;
import io.meridian.controlplane.json.JsonStyle;
import io.meridian.dns.ServedZone;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * This node's settings under Mesos-DNS's names (specs: mesos-dns 2), for {@code /v1/config}. A
 * setting without a counterpart has Mesos-DNS's default. Secrets and paths of keys are always
 * empty.
 *
 * @param refreshSeconds Mesos-DNS's default; Meridian does not poll
 * @param dns first address of {@code dns.listen}
 * @param forwardTimeoutSeconds timeout of forwarding, rounded up to whole seconds
 * @param resolvers upstreams, as {@code ip:port} or as configured
 * @param zoneResolvers upstreams of single zones, by zone
 * @param srvWeight weight of every SRV record, 0..65535
 * @param rfc952 whether labels follow RFC 952
 * @param enumeration whether {@code /v1/enumerate} and {@code /v1/axfr} exist
 * @param dnsOn whether this node answers DNS
 */
record MesosDnsConfig(
        int refreshSeconds,
        Listener dns,
        Listener http,
        long forwardTimeoutSeconds,
        List<String> resolvers,
        SortedMap<String, List<String>> zoneResolvers,
        List<String> ipSources,
        int srvWeight,
        boolean rfc952,
        boolean enumeration,
        boolean dnsOn) {
    private static final int REFRESH_SECONDS = 60;
    private static final int STATE_TIMEOUT_SECONDS = 300;
    private static final int ZK_DETECTION_TIMEOUT_SECONDS = 30;

    MesosDnsConfig {
        resolvers = List.copyOf(resolvers);
        ipSources = List.copyOf(ipSources);
    }

    /** A listener's address without port, and its port. */
    record Listener(String address, int port) {
        static Listener of(InetSocketAddress address) {
            return new Listener(address.getAddress().getHostAddress(), address.getPort());
        }
    }

    /**
     * @param config the whole configuration, already validated
     */
    static MesosDnsConfig of(
            Config config,
            InetSocketAddress dns,
            InetSocketAddress http,
            boolean enumeration,
            boolean dnsOn) {
        Config settings = config.getConfig("meridian.dns");
        Config zones = settings.getConfig("forward-zones");
        SortedMap<String, List<String>> zoneResolvers = new TreeMap<>();
        for (String zone : zones.root().keySet()) {
            zoneResolvers.put(zone, zones.getStringList(ConfigUtil.quoteString(zone)));
        }
        return new MesosDnsConfig(
                REFRESH_SECONDS,
                Listener.of(dns),
                Listener.of(http),
                Math.ceilDiv(settings.getDuration("forward.timeout").toMillis(), 1000),
                settings.getStringList("upstreams"),
                zoneResolvers,
                settings.getStringList("ip-sources"),
                settings.getInt("srv-weight"),
                settings.getBoolean("enforce-rfc952"),
                enumeration,
                dnsOn);
    }

    /** The body of {@code /v1/config}. */
    JsonDocument document(ServedZone zone) {
        return JsonDocument.of(
                JsonStyle.MESOS_DNS,
                out -> {
                    out.writeStartObject();
                    numbers(out, zone);
                    lists(out);
                    texts(out, zone);
                    flags(out);
                    unused(out);
                    out.writeEndObject();
                });
    }

    private void numbers(JsonGenerator out, ServedZone zone) throws IOException {
        out.writeNumberField("RefreshSeconds", refreshSeconds);
        out.writeNumberField("Port", dns.port());
        out.writeNumberField("Timeout", forwardTimeoutSeconds);
        out.writeNumberField("StateTimeoutSeconds", STATE_TIMEOUT_SECONDS);
        out.writeNumberField("ZkDetectionTimeout", ZK_DETECTION_TIMEOUT_SECONDS);
        out.writeNumberField("HttpPort", http.port());
        out.writeNumberField("TTL", zone.ttl());
        out.writeNumberField("SRVRecordDefaultWeight", srvWeight);
        out.writeNumberField("SOASerial", zone.soa().serial());
        out.writeNumberField("SOARefresh", zone.soa().refresh());
        out.writeNumberField("SOARetry", zone.soa().retry());
        out.writeNumberField("SOAExpire", zone.soa().expire());
        out.writeNumberField("SOAMinttl", zone.soa().minimum());
        out.writeStringField("SOAMname", zone.soa().server().toString());
        out.writeStringField("SOARname", zone.soa().mailbox().toString());
    }

    private void lists(JsonGenerator out) throws IOException {
        out.writeNullField("Masters");
        out.writeObjectFieldStart("ZoneResolvers");
        for (var zone : zoneResolvers.entrySet()) {
            list(out, zone.getKey(), zone.getValue());
        }
        out.writeEndObject();
        list(out, "Resolvers", resolvers);
        list(out, "IPSources", ipSources);
    }

    private void texts(JsonGenerator out, ServedZone zone) throws IOException {
        out.writeStringField("Zk", "");
        out.writeStringField("Domain", zone.origin());
        out.writeStringField("File", "");
        out.writeStringField("Listener", dns.address());
        out.writeStringField("HTTPListener", http.address());
    }

    private void flags(JsonGenerator out) throws IOException {
        boolean external = !resolvers.isEmpty() || !zoneResolvers.isEmpty();
        out.writeBooleanField("RecurseOn", external);
        out.writeBooleanField("DnsOn", dnsOn);
        out.writeBooleanField("HttpOn", true);
        out.writeBooleanField("ExternalOn", external);
        out.writeBooleanField("EnforceRFC952", rfc952);
        out.writeBooleanField("SetTruncateBit", true);
        out.writeBooleanField("EnumerationOn", enumeration);
        out.writeBooleanField("MesosHTTPSOn", false);
    }

    private static void unused(JsonGenerator out) throws IOException {
        out.writeStringField("CACertFile", "");
        out.writeStringField("CertFile", "");
        out.writeStringField("KeyFile", "");
        out.writeObjectFieldStart("MesosCredentials");
        out.writeStringField("Principal", "");
        out.writeStringField("Secret", "");
        out.writeEndObject();
        out.writeStringField("IAMConfigFile", "");
        out.writeStringField("MesosAuthentication", "");
    }

    private static void list(JsonGenerator out, String name, List<String> values)
            throws IOException {
        out.writeArrayFieldStart(name);
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }
}
