package io.meridian.dns;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.domain.table.Change;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.Provenance.Origin;

import org.xbill.DNS.Message;
import org.xbill.DNS.SimpleResolver;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

/** Starts servers on free ports of 127.0.0.1. */
public final class Frontends {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Frontends() {}

    /**
     * @param settings lines of {@code meridian.dns} that override the defaults
     */
    public static DnsSettings settings(String settings) {
        Config config = ConfigFactory.parseString("meridian.dns { " + settings + " }");
        return DnsSettings.from(config.withFallback(ConfigFactory.defaultReference()));
    }

    /** Starts a server without an image. */
    public static DnsFrontend start(String settings) {
        return DnsFrontend.start(settings("listen = [\"127.0.0.1:0\"]\n" + settings));
    }

    public static DnsFrontend serving(String settings, String mesos, String vips) {
        DnsFrontend frontend = start(settings);
        publish(frontend, mesos, vips);
        return frontend;
    }

    public static void publish(DnsFrontend frontend, String mesos, String vips) {
        List<Change<ZoneRow>> rows = Zones.rows(mesos);
        Provenance provenance = new Provenance(Zones.REVISION, Origin.SNAPSHOT);
        frontend.zonePublisher().onUpdate(rows, ZoneImage.EMPTY.apply(rows), provenance);
        List<Change<VipRow>> vipRows = Zones.vips(vips);
        frontend.vipPublisher().onUpdate(vipRows, VipImage.EMPTY.apply(vipRows), provenance);
    }

    public static InetSocketAddress address(DnsFrontend frontend) {
        return frontend.status().listening().getFirst();
    }

    public static SimpleResolver udp(DnsFrontend frontend) {
        SimpleResolver resolver = new SimpleResolver(address(frontend));
        resolver.setTimeout(PATIENCE);
        resolver.setEDNS(-1);
        return resolver;
    }

    public static SimpleResolver tcp(DnsFrontend frontend) {
        SimpleResolver resolver = udp(frontend);
        resolver.setTCP(true);
        return resolver;
    }

    public static Socket connect(DnsFrontend frontend) throws IOException {
        Socket socket = new Socket();
        socket.connect(address(frontend), (int) PATIENCE.toMillis());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    public static void send(OutputStream out, byte[] message) throws IOException {
        byte[] framed = new byte[message.length + 2];
        framed[0] = (byte) (message.length >> 8);
        framed[1] = (byte) message.length;
        System.arraycopy(message, 0, framed, 2, message.length);
        out.write(framed);
        out.flush();
    }

    public static Message receive(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] message = new byte[in.readUnsignedShort()];
        in.readFully(message);
        return new Message(message);
    }
}
